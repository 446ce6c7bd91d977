"""The page for readers with a keyboard, a screen reader, a phone."""

import signal

import axe
from case import BINARY, OUTPUT, Page
from server import Server, eventually, exchange


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
            for step in ("serving", "draining", "lost"):
                for width in (400, 1280):
                    for dark in (False, True):
                        self.browser.view(width, dark=dark)
                        self.assertEqual(axe.faults(self.browser, script), [], f"{step}, {width} px, dark: {dark}")
                if step == "serving":
                    server.signal(signal.SIGTERM)
                    self.browser.shows("#state", "Draining")
                elif step == "draining":
                    server.kill()
                    self.browser.shows("#state", "Stopped")
            del clients

    def test_see_all_on_a_narrow_phone(self):
        with Server(BINARY) as server:
            clients = server.clients(2)
            exchange(clients, 1, 8)
            self.browser.view(320)
            self.browser.open(server.http_port)
            self.browser.shows(".axis", "now")
            for element, edge in (("#order", "#connections"), (".axis", "#loom")):
                inner, outer = (self.browser.run("return document.querySelector(arguments[0]).getBoundingClientRect()", selector)
                                for selector in (element, edge))
                self.assertLessEqual(inner["right"], outer["right"], element)
            heights = self.browser.run("return [...document.querySelectorAll('.axis span')].map((label) => label.offsetHeight)")
            self.assertEqual(len({height for height in heights if height > 0}), 1)
            self.assertLess(max(heights), 30, "each label is one line")
            self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), 320)

    def test_read_the_runbook(self):
        with Server(BINARY) as server:
            self.browser.open(server.http_port)
            text = self.browser.run("return fetch(document.querySelector('footer a').href).then((answer) => answer.text())")
            self.assertIn("What each alert of", text)

    def test_choose_a_thread_by_a_tap(self):
        with Server(BINARY) as server:
            clients = server.clients(3)
            exchange(clients, 1, 8)
            self.browser.open(server.http_port)
            place = self.browser.run("""
                const lane = document.getElementById('loom').querySelectorAll('.lane')[1];
                lane.scrollIntoView({ block: 'center' });
                const box = lane.getBoundingClientRect();
                return { x: box.x + box.width / 2, y: box.y + box.height / 2 };""")
            for kind, points in (("touchStart", [place]), ("touchEnd", [])):
                self.browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            self.browser.shows("#loom-detail", "echo-2 (thread")
            self.assertFalse(self.browser.run("return document.getElementById('loom-detail').ariaLive"), "not said each second")
            for x, y in ((place["x"], place["y"]), (5, 5)):
                self.browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y})
            self.browser.shows("#loom-detail", "tap it")

    def test_keep_the_focus_where_the_clipboard_is_refused(self):
        with Server(BINARY) as server:
            self.browser.open(server.http_port)
            self.browser.run("""
                navigator.clipboard.writeText = () => Promise.reject(new DOMException('refused', 'NotAllowedError'));
                document.execCommand = () => false;
                document.querySelector('.commands button').click();""")
            self.browser.shows(".commands button", "Press Ctrl+C")
            self.assertEqual(self.browser.run("return document.activeElement.innerText"), "Press Ctrl+C")
            self.assertIn("nc 127.0.0.1", self.browser.run("return String(getSelection())"))

    def test_see_how_old_the_connections_are(self):
        with Server(BINARY) as server:
            self.browser.view(1280, 400)
            self.browser.open(server.http_port)
            self.browser.shows("#connections-note", "none open")
            clients = server.clients(2)
            exchange(clients, 1, 8)
            self.browser.shows("#connections-note", "2")
            eventually(lambda: self.browser.run("return document.querySelectorAll('#rows tr').length") == 2, "their rows, out of view")
            self.browser.shows("#rows", "echo-2")
