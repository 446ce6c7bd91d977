#!/usr/bin/env python3
"""page_test.py THREADECHO OUTPUT [TEST...]: the status page in Chromium, against the real server. Pictures of it are
written to OUTPUT/pictures."""

import shutil
import signal
import sys
import time
import unittest
from pathlib import Path

import axe
from browser import Browser
from server import MODELS, PATIENCE, Proxy, Server, eventually, exchange

BINARY, OUTPUT = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
PICTURES = OUTPUT / "pictures"
MARKUP = '<img src=x onerror="document.title=1"><script>1</script>&lt;'


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


class Numbers(Page):
    def test_equal_the_metrics_after_an_exact_load(self):
        for model in MODELS:
            with self.subTest(model), Server(BINARY, model) as server:
                clients = server.clients(8)
                self.browser.open(server.http_port)
                exchange(clients, 100, 64)
                eventually(lambda: server.metric("threadecho_echoed_bytes_total") == 51200, "all is echoed")
                for tile, metric in (("messages", "threadecho_receives_total"), ("received", "threadecho_received_bytes_total"),
                                     ("echoed", "threadecho_echoed_bytes_total"), ("connections", "threadecho_connections_active"),
                                     ("active-threads", "threadecho_active_threads"),
                                     ("waiting", "threadecho_connections_waiting")):
                    expected = server.metric(metric)
                    eventually(lambda: self.browser.value(tile) == expected, f"{tile} is {expected}")
                self.browser.shows("#model", model)
                self.assertEqual(self.browser.text("#connections-note"), "8")
                lanes = self.browser.run("return [...document.querySelectorAll('.lane')].map((lane) => lane.innerText)")
                self.assertEqual(len(lanes), 8)
                self.picture(model)
                clients[0].close()
                self.browser.shows("#closed tbody tr:not(.none)", "client closed")

    def test_show_the_queue_of_a_blocking_pool(self):
        with Server(BINARY, "blocking-pool", POOL_THREADS="2") as server:
            clients = server.clients(5)
            self.browser.open(server.http_port)
            self.browser.shows("#queue-text", "3 clients waiting for a thread")
            self.browser.shows("#rows", "waiting")
            self.assertEqual(self.browser.value("waiting"), 3)
            del clients

    def test_show_why_clients_were_refused(self):
        with Server(BINARY, MAX_CONNECTIONS="2") as server:
            clients = server.clients(2)
            eventually(lambda: server.status()["connections"]["active"] == 2, "two are open")
            self.browser.open(server.http_port)
            self.browser.shows("#state", "Full · 2 of 2 connections")
            clients += server.clients(3)
            self.browser.shows("#rejected tbody tr:not(.none)", "max connections")
            self.browser.shows("#rejected tbody tr:not(.none)", "+3")


class Changes(Page):
    def test_of_a_drain_are_shown_with_what_is_left(self):
        for model in MODELS:
            with self.subTest(model), Server(BINARY, model, DRAIN_TIMEOUT="60s") as server:
                clients = server.clients(3)
                exchange(clients, 1, 8)
                self.browser.open(server.http_port)
                self.browser.shows("#state", "Ready")
                self.assertFalse(self.browser.is_visible("#drain"))
                server.signal(signal.SIGTERM)
                self.browser.shows("#state", "3 connections left")
                self.browser.shows("#drain-text", "3 connections may finish in the next 5")
                if model == "per-connection":
                    self.picture("drain")
                clients.pop().close()
                self.browser.shows("#state", "2 connections left")
                for client in clients:
                    client.close()

    def test_of_a_killed_server_are_shown_and_a_new_one_is_picked_up(self):
        with Server(BINARY) as server:
            clients = server.clients(1)
            exchange(clients, 3, 8)
            self.browser.open(server.http_port)
            eventually(lambda: self.browser.value("messages") == 3, "three messages")
            server.kill()
            self.browser.shows("#offline", "The server has not answered since")
            self.assertEqual(self.browser.text("#state"), "No answer")
            self.picture("killed")
            server.start()
            self.browser.shows("#state", "Ready")
            self.assertFalse(self.browser.is_visible("#offline"))
            self.assertEqual(self.browser.value("messages"), 0, "a new history")

    def test_of_a_thousand_threads_stay_fluid(self):
        with Server(BINARY) as server:
            clients = server.clients(1000)
            exchange(clients, 2, 16)
            self.browser.open(server.http_port)
            self.browser.shows("#loom-summary", "1,000 threads")
            self.assertEqual(self.browser.run("return document.querySelectorAll('.lane').length"), 200)
            self.browser.run("""
                window.busy = 0;
                new PerformanceObserver((list) => { for (const task of list.getEntries()) window.busy += task.duration; })
                    .observe({ type: 'longtask' });
                setTimeout(() => { const end = performance.now() + 200; while (performance.now() < end); });""")
            eventually(lambda: self.browser.run("return window.busy") >= 200, "long tasks are seen")
            self.browser.run("window.busy = 0")
            before = self.browser.value("messages")
            for _ in range(5):
                exchange(clients, 1, 16)
                time.sleep(1)
            busy = self.browser.run("return window.busy")
            print(f"  1,000 threads: tasks of more than 50 ms took {busy:.0f} ms of 5 s")
            self.assertLess(busy, 2500, "half of the time is left for the reader")
            eventually(lambda: self.browser.value("messages") == before + 5000, "all messages are shown")
            self.picture("thousand")


class Texts(Page):
    def test_of_clients_and_hosts_stay_text(self):
        def change(path, answer):
            if path.startswith("/connections"):
                for connection in answer["connections"]:
                    connection.update(peer=MARKUP, via=MARKUP, state=MARKUP)
            elif path.startswith("/threads"):
                for thread in answer["threads"]:
                    thread.update(name=MARKUP, peers=[MARKUP])
            elif path.startswith("/status"):
                answer.update(faults=[{"fault": "delay", "delay": MARKUP}], version=MARKUP)

        environment = {"POD_NAME": MARKUP, "POD_NAMESPACE": "demo", "NODE_NAME": "node-1"}
        with Server(BINARY, environment=environment) as server, Proxy(server, change) as proxy:
            clients = server.clients(2)
            exchange(clients, 1, 8)
            self.browser.open(proxy.http_port, "?" + MARKUP)
            self.browser.shows("#rows", MARKUP)
            self.browser.shows("#facts", MARKUP)
            self.browser.shows("#fault-list", "delay · delay " + MARKUP)
            self.browser.shows(".lane", MARKUP)
            self.browser.run("document.getElementById('loom').focus()")
            self.browser.shows("#loom-detail", MARKUP)
            self.assertEqual(self.browser.run("return document.querySelectorAll('main img, main script').length"), 0)
            self.assertNotEqual(self.browser.driver.title, "1")
            self.browser.picture(PICTURES / "markup.png")

    def test_are_a_plain_summary_without_javascript(self):
        with Server(BINARY) as server:
            clients = server.clients(2)
            exchange(clients, 1, 8)
            self.browser.allow_scripts(False)
            try:
                self.browser.open(server.http_port, live=False)
                self.browser.picture(PICTURES / "plain.png")
            finally:
                self.browser.allow_scripts(True)
            text = self.browser.text("main")
            self.assertIn("Connections\t2 of ", text)
            self.assertIn("Bytes echoed\t16", text)
            self.assertIn("/metrics", text)


class Readers(Page):
    def press(self, *keys):
        for key in keys:
            self.browser.driver.switch_to.active_element.send_keys(key)

    def test_use_the_keyboard_alone(self):
        with Server(BINARY) as server:
            clients = server.clients(3)
            exchange(clients, 2, 8)
            self.browser.open(server.http_port)
            self.browser.run("document.getElementById('loom').focus()")
            self.browser.shows("#loom-detail", "echo-1 (thread")
            self.press("\ue015")  # arrow down
            self.browser.shows("#loom-detail", "echo-2 (thread")
            self.press("\ue010")  # end
            self.browser.shows("#loom-detail", "echo-3 (thread")
            self.browser.shows("#loom-detail", "2 messages, 16 B in, 16 B out")
            self.browser.run("document.getElementById('filter').focus()")
            self.press(f":{clients[1].getsockname()[1]}")
            self.browser.shows("#connections-note", "1 of 3")
            self.assertEqual(self.browser.run("return document.querySelectorAll('#rows tr').length"), 1)
            self.browser.run("document.getElementById('filter').value = ''; document.querySelector('#columns button').focus()")
            self.press("\ue006")  # enter: the largest number first, then the smallest
            self.assertEqual(self.browser.run("return document.querySelector('#columns th').ariaSort"), "descending")
            self.press("\ue006")
            self.assertEqual(self.browser.run("return document.querySelector('#columns th').ariaSort"), "ascending")
            self.browser.shows("#rows tr td", "1")
            reached = set()
            self.browser.run("document.activeElement.blur()")
            for _ in range(40):
                self.press("\ue004")  # tab
                reached.add(self.browser.run("return document.activeElement.id || document.activeElement.className || document.activeElement.innerText"))
            self.assertLessEqual({"loom", "filter", "Copy", "/metrics", "skip"}, reached)

    def test_meet_no_serious_fault(self):
        script = axe.source(OUTPUT)
        if script is None:
            self.skipTest("axe-core cannot be had: no npm, or no registry")
        with Server(BINARY, "blocking-pool", POOL_THREADS="2", DRAIN_TIMEOUT="60s") as server:
            clients = server.clients(4)
            exchange(clients[:2], 3, 8)
            self.browser.open(server.http_port)
            for step in ("serving", "draining"):
                for width in (400, 1280):
                    for dark in (False, True):
                        self.browser.view(width, dark=dark)
                        self.assertEqual(axe.faults(self.browser, script), [], f"{step}, {width} px, dark: {dark}")
                server.signal(signal.SIGTERM)
                self.browser.shows("#state", "Draining")
            for client in clients:
                client.close()


class Result(unittest.TextTestResult):
    """Keeps what was skipped where tests/checks/run looks for it."""

    def stopTestRun(self):
        super().stopTestRun()
        rows = [f'\t<testcase name="{test.id()}" status="notrun">\n\t\t<skipped message="SKIP_"/>\nx: Skipped\n{why}\n'
                for test, why in self.skipped]
        (OUTPUT / "junit.xml").write_text("".join(rows))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], testRunner=unittest.TextTestRunner(resultclass=Result, verbosity=2))
