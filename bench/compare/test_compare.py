"""The comparison judges correctly, and has no numbers for a server that does not echo."""

import re
import sys
import tempfile
import unittest
from pathlib import Path

import compare
import measure
import ratios
import report
from ratios import Target, judge
from servers import Server, all_servers
from workloads import HOLD, HOLD_ROUNDS, WORKLOADS, of_round, ping_pong

ROOT = Path(__file__).resolve().parents[2]
SERVERS = all_servers(ROOT / "build" / "release", ROOT / "bench")

LYING_SERVER = """
import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    print("port", listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        with client:
            while data := client.recv(65536):
                client.sendall(data{change})
"""


def samples(**rates):
    return {("churn-64", server.replace("_", "-")): [{"rate": rate} for rate in values]
            for server, values in rates.items()}


class Help(unittest.TestCase):
    """Written by hand, so that it needs no Python."""

    def test_names_each_server_and_each_workload(self):
        listed = re.findall(r"only these: ([^\n]*(?:\n {25}[^\n]*)*)", compare.HELP.read_text(encoding="utf-8"))
        keys = [", ".join(choice.key for choice in choices) for choices in (SERVERS, WORKLOADS)]
        self.assertEqual([re.sub(r"\s+", " ", names) for names in listed], keys)
        self.assertIn(f" {HOLD.key} runs {HOLD_ROUNDS} times at most\n", compare.HELP.read_text(encoding="utf-8"))

    def test_says_which_thread_model_is_left_out(self):
        left_out = [model for model in ("per-connection", "blocking-pool", "pool")
                    if not any(server.ours and (model in server.command or server.key == model) for server in SERVERS)]
        self.assertEqual(left_out, re.findall(r"THREAD_MODEL=(\S+) is not among them",
                                              compare.HELP.read_text(encoding="utf-8")))

    def test_names_each_option_and_its_default(self):
        options = vars(compare.parse([], SERVERS))
        described = dict(re.findall(r"^  --(\w+) .*?(?:\(([^)]*)\).*)?$", compare.HELP.read_text(encoding="utf-8"), re.M))
        self.assertEqual(described.keys(), options.keys())
        for name, default in described.items():
            if default:
                self.assertEqual(type(options[name])(default), options[name])


class Rounds(unittest.TestCase):
    def test_hold_idle_connections_five_times_and_run_the_others_always(self):
        held = [HOLD in of_round(number, WORKLOADS) for number in range(20)]
        self.assertEqual(held, [True] * HOLD_ROUNDS + [False] * (20 - HOLD_ROUNDS))
        self.assertEqual(of_round(19, WORKLOADS), [workload for workload in WORKLOADS if workload != HOLD])


class Judging(unittest.TestCase):
    TARGET = Target("pool-1", ("epoll-1", "asio-1"), ("churn-64",), 0.95)

    def verdict(self, target=TARGET, **rates):
        return judge(target, "churn-64", samples(**rates))

    def test_holds_against_the_best_of_the_peers(self):
        verdict = self.verdict(pool_1=[100] * 5, epoll_1=[50] * 5, asio_1=[200] * 5)
        self.assertEqual(("asio-1", 0.5, "missed"), (verdict.peer, verdict.ratio, verdict.word))

    def test_a_ratio_at_the_bound_reaches_it_and_one_below_does_not(self):
        self.assertEqual("reached", self.verdict(pool_1=[95] * 5, epoll_1=[100] * 5, asio_1=[1] * 5).word)
        self.assertEqual("missed", self.verdict(pool_1=[94] * 5, epoll_1=[100] * 5, asio_1=[1] * 5).word)

    def test_below_the_bound_by_less_than_the_spread_is_open(self):
        verdict = self.verdict(pool_1=[80, 90, 92, 110, 120], epoll_1=[100] * 5, asio_1=[1] * 5)
        self.assertLess(verdict.ratio, 0.95)
        self.assertEqual("open", verdict.word)

    def test_one_bad_round_does_not_decide(self):
        self.assertEqual("reached", self.verdict(pool_1=[1, 100, 100, 100, 100], epoll_1=[100] * 5, asio_1=[1] * 5).word)

    def test_of_memory_less_is_better(self):
        target = Target("pool-1", ("asio-1",), ("churn-64",), 0.25, "bytes")
        memory = {("churn-64", "pool-1"): [{"bytes": 24}], ("churn-64", "asio-1"): [{"bytes": 100}]}
        self.assertEqual("reached", judge(target, "churn-64", memory).word)
        memory["churn-64", "pool-1"] = [{"bytes": 26}]
        self.assertEqual("missed", judge(target, "churn-64", memory).word)

    def test_without_a_peer_the_figure_itself_is_held_against_the_bound(self):
        target = Target("pool-1", (), ("churn-64",), 4.0, "ms")
        self.assertEqual("reached", judge(target, "churn-64", {("churn-64", "pool-1"): [{"ms": 3}] * 4}).word)
        self.assertEqual("missed", judge(target, "churn-64", {("churn-64", "pool-1"): [{"ms": 5}] * 4}).word)

    def test_says_nothing_where_somebody_was_not_measured(self):
        self.assertIsNone(self.verdict(pool_1=[1], epoll_1=[1]))

    def test_every_target_names_servers_and_workloads_that_there_are(self):
        servers, rows = {server.key for server in SERVERS}, {workload.key for workload in WORKLOADS}
        for target in ratios.TARGETS:
            self.assertLessEqual({target.subject, *target.against}, servers)
            self.assertLessEqual(set(target.rows), rows)


class Measuring(unittest.TestCase):
    def measured(self, change):
        server = Server("lying", "a server that changes what it echoes", (sys.executable, "-c",
                                                                         LYING_SERVER.replace("{change}", change)))
        with tempfile.TemporaryDirectory() as folder:
            return measure.sample(ROOT / "build" / "release" / "threadecho", server, ping_pong(1), 0.1,
                                  Path(folder) / "log")

    def test_has_figures_for_a_server_that_echoes(self):
        sample = self.measured("")
        self.assertGreater(sample["rate"], 0)
        self.assertGreater(sample["cpu_us_per_message"], 0)
        self.assertGreater(sample["switches_per_message"], 0)

    def test_has_none_for_a_server_that_changes_a_byte(self):
        with self.assertRaisesRegex(measure.Failed, "^[0-9]+ wrong bytes$"):
            self.measured("[:-1] + b'?'")


class Reporting(unittest.TestCase):
    RUN = {"command": "./dev bench", "revision": "abc", "rounds": 1, "seconds": 1, "finished": "2000-01-01",
           "machine": {"cores": 2}, "left_out": ["Go: not installed"], "failed": ["Java: lost a byte"]}

    def test_names_figures_spread_verdict_and_what_is_missing(self):
        found = samples(pool_1=[10, 20, 30], epoll_1=[40] * 3, asio_1=[1] * 3)
        page = report.page(self.RUN, SERVERS, found, "x.svg")
        for text in ("20 (15 to 25)", "0.50 (0.25 to 0.75) | missed", "Left out: Go", "Failed: Java", "![", "cores: 2"):
            self.assertIn(text, page)


if __name__ == "__main__":
    unittest.main()
