"""What all tests of the page have in common."""

import shutil
import sys
import time
import unittest
from pathlib import Path

from browser import Browser

BINARY, OUTPUT = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
PICTURES = OUTPUT / "pictures"


class Page(unittest.TestCase):
    """One browser for all tests. Every test must leave the console empty, and ask no other host."""

    @classmethod
    def setUpClass(cls):
        PICTURES.mkdir(parents=True, exist_ok=True)
        cls.browser = Browser(shutil.which("chromedriver"))

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.browser.view(1280)

    def tearDown(self):
        complaints, hosts = self.browser.take_logs()
        # A server that has ended answers no more; anything else is the page's fault.
        self.assertEqual([text for text in complaints if "Failed to load resource: net::" not in text], [])
        self.assertLessEqual({host.split(":")[0] for host in hosts}, {"127.0.0.1"})

    def picture(self, name):
        for width in (2560, 1280, 400):
            for dark in (False, True):
                self.browser.view(width, dark=dark)
                time.sleep(0.3)  # for a frame of the new size
                self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), width, "no sideways scrolling")
                self.browser.picture(PICTURES / f"{name}-{width}{'-dark' if dark else ''}.png")
        self.browser.view(1280)
