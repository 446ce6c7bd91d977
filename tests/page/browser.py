"""Chromium with the status page: reads it, and keeps what it complained of and asked for."""

import base64
import json
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from server import eventually

# Several of the machine's own services would otherwise be asked by the browser itself.
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-gpu",
             "--disable-component-update", "--disable-background-networking", "--no-first-run")


class Browser:
    def __init__(self, driver_path):
        options = Options()
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(driver_path), options=options)

    def close(self):
        self.driver.quit()

    def open(self, port, suffix="", live=True):
        """Opens the page; with `live`, waits until it shows an answer."""
        self.take_logs()
        self.driver.get(f"http://127.0.0.1:{port}/{suffix}")
        if live:
            eventually(lambda: self.run("return !document.getElementById('live').hidden && "
                                        "document.querySelector('#tile-messages data').value !== ''"), "the page is live")

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def value(self, tile):
        """The exact number behind a tile."""
        return float(self.run("return document.querySelector(arguments[0]).value", f"#tile-{tile} data") or "nan")

    def shows(self, selector, part):
        eventually(lambda: part in self.text(selector), f"{selector} says {part!r}, and not {self.text(selector)!r}")

    def is_visible(self, selector):
        return self.run("return document.querySelector(arguments[0]).checkVisibility()", selector)

    def view(self, width, height=900, dark=False):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def allow_scripts(self, allowed):
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def picture(self, path):
        """The whole page, from its top to its end."""
        png = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        path.write_bytes(base64.b64decode(png["data"]))

    def take_logs(self):
        """`(complaints, hosts)`: errors and warnings of the console, and the hosts that were asked, since the last call."""
        complaints = [entry["message"] for entry in self.driver.get_log("browser")]
        hosts = set()
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                hosts.add(urlsplit(message["params"]["request"]["url"]).netloc)
        return complaints, hosts
