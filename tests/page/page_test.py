#!/usr/bin/env python3
"""page_test.py THREADECHO OUTPUT [TEST...]: the status page in Chromium, against the real server. Pictures of it are
written to OUTPUT/pictures."""

import sys
import unittest

from case import BINARY, OUTPUT, PICTURES, Page
from changes import Changes  # noqa: F401, its tests
from readers import Readers  # noqa: F401, its tests
from server import MODELS, Proxy, Server, eventually, exchange

MARKUP = '<img src=x onerror="document.title=1"><script>1</script>&lt;'


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
                self.browser.shows("#closed tbody tr", "client closed")
                self.browser.shows("#closed-none", "9 other reasons: 0")

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
            self.browser.shows("#rejected tbody tr", "limit of connections")
            self.browser.shows("#rejected tbody tr", "+3")


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
                answer.update(faults=[{"fault": "stall", "after_bytes": 7, "clients": [MARKUP], "left_seconds": 9}], version=MARKUP)

        environment = {"POD_NAME": MARKUP, "POD_NAMESPACE": "demo", "NODE_NAME": "node-1"}
        with Server(BINARY, environment=environment) as server, Proxy(server, change) as proxy:
            clients = server.clients(2)
            exchange(clients, 1, 8)
            self.browser.open(proxy.http_port, "?" + MARKUP)
            self.browser.shows("#rows", MARKUP)
            self.browser.shows("#facts", MARKUP)
            self.browser.shows("#fault-list", f"Stall after 7 bytes, clients from {MARKUP} · 9 s left · not injected yet")
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


class Result(unittest.TextTestResult):
    """Keeps what was skipped where tests/checks/run looks for it."""

    def stopTestRun(self):
        super().stopTestRun()
        rows = [f'\t<testcase name="{test.id()}" status="notrun">\n\t\t<skipped message="SKIP_"/>\nx: Skipped\n{why}\n'
                for test, why in self.skipped]
        (OUTPUT / "junit.xml").write_text("".join(rows))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], testRunner=unittest.TextTestRunner(resultclass=Result, verbosity=2))
