"""The page while the server changes: a drain, an end, a restart, threads that come and go."""

import signal
import time

from case import BINARY, Page
from server import MODELS, Proxy, Server, eventually, exchange


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
                self.assertEqual(self.browser.text("#said"), "Draining", "the numbers are not said aloud")
                for client in clients:
                    client.close()
                self.browser.shows("#offline", "The server was draining and has stopped.")
                self.assertEqual(self.browser.text("#state"), "Stopped")
                self.assertFalse(self.browser.is_visible("#drain"))

    def test_of_a_drain_with_a_delay_tell_that_it_still_accepts(self):
        with Server(BINARY, DRAIN_DELAY="30s", DRAIN_TIMEOUT="30s") as server:
            server.signal(signal.SIGTERM)
            eventually(lambda: server.status()["drain"], "a drain")
            self.browser.open(server.http_port)
            self.browser.shows("#state", "Not ready · accepting for 2")
            self.browser.shows("#drain-text", "Then connections have 30 s to finish.")
            width = float(self.browser.run("return document.getElementById('drain-bar').style.width").rstrip("%"))
            self.assertLess(width, 100, "some of the time has passed before the page was opened")
            server.kill()

    def test_of_the_clock_leave_the_page_alive(self):
        behind = []

        def change(path, answer):
            if path.startswith("/status"):
                answer["time_seconds"] -= 3600 if behind else 0

        with Server(BINARY) as server, Proxy(server, change) as proxy:
            clients = server.clients(1)
            self.browser.open(proxy.http_port)
            behind.append(True)
            exchange(clients, 5, 8)
            eventually(lambda: self.browser.value("messages") == 5, "the page goes on")

    def test_of_a_thread_that_ends_are_shown(self):
        with Server(BINARY) as server:
            self.browser.open(server.http_port)
            self.browser.shows("#loom-empty", "No client is connected")
            clients = server.clients(1)
            exchange(clients, 1, 8)
            self.browser.shows("#loom-summary", "1 thread")
            self.browser.run("""
                const detail = document.getElementById('loom-detail');
                window.details = [];
                new MutationObserver(() => window.details.push(detail.textContent))
                    .observe(detail, { childList: true, characterData: true, subtree: true });
                document.getElementById('loom').focus();""")
            clients.pop().close()
            eventually(lambda: any("has ended" in text for text in self.browser.run("return window.details")), "its end")
            self.browser.shows("#loom-empty", "No client is connected")

    def test_of_a_killed_server_are_shown_and_a_new_one_is_picked_up(self):
        with Server(BINARY) as server:
            clients = server.clients(1)
            exchange(clients, 3, 8)
            self.browser.open(server.http_port)
            eventually(lambda: self.browser.value("messages") == 3, "three messages")
            server.kill()
            self.browser.shows("#offline", "No answer from the server since")
            self.assertEqual(self.browser.text("#state"), "No answer")
            self.assertEqual(self.browser.text("#said"), "No answer")
            self.picture("killed")
            server.start()
            self.browser.shows("#state", "Ready")
            self.browser.shows("#restarted", "The server was restarted at")
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
