"""The real Prometheus of the end-to-end test, on a free port of the loopback interface."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

import subjects
from programs import PATIENCE, Program


WATCH_JOB = "threadecho-watch"


class Prometheus(Program):
    """Debian's Prometheus with the configuration that is shipped. Only targets and intervals are rewritten, and the text
    of the rules by `rewritten`. `watchers` are targets of a job of their own, by the name of their node. Alerts go to the
    Alertmanager at the address `alertmanager`, if there is one."""

    def __init__(self, root, directory, targets, interval, rewritten=lambda rules: rules, watchers=None,
                 alertmanager=None):
        source = Path(root) / subjects.PROMETHEUS
        configuration = yaml.safe_load(source.read_text(encoding="utf-8"))
        configuration["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager] if alertmanager else []}]}]}
        configuration["global"].update(scrape_interval=interval, evaluation_interval=interval)
        configuration["scrape_configs"] = [{"job_name": job, "static_configs": static}
                                           for job, static in self.targets_of(targets, watchers or {}).items()]
        directory.mkdir()
        for name in configuration["rule_files"]:
            rules = (source.parent / name).read_text(encoding="utf-8")
            (directory / name).write_text(rewritten(rules), encoding="utf-8")
        copy = directory / source.name
        copy.write_text(yaml.safe_dump(configuration), encoding="utf-8")
        super().__init__(["prometheus", f"--config.file={copy}", f"--storage.tsdb.path={directory / 'data'}",
                          "--web.listen-address=127.0.0.1:0"], directory / "prometheus.log")
        self.address = self.find(r'msg="Listening on".*?address=(\S+)').group(1)
        self.find("Server is ready to receive web requests")

    def targets_of(self, targets, watchers):
        """static_configs by the name of their job."""
        of_watchers = [{"targets": [target], "labels": {"watcher_node": node}} for node, target in watchers.items()]
        return {"threadecho": [{"targets": targets}], **({WATCH_JOB: of_watchers} if watchers else {})}

    def ask(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"http://{self.address}/api/v1/{path}?{query}", timeout=PATIENCE) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path} {parameters}: {error.read().decode()}") from error

    def at(self, expression, when):
        """[(labels, [value])] at one time."""
        return [(series["metric"], [float(series["value"][1])])
                for series in self.ask("query", query=expression, time=when)["result"]]

    def over(self, expression, start, end, step):
        """[(labels, [values])] over a time."""
        return [(series["metric"], [float(value) for _, value in series["values"]])
                for series in self.ask("query_range", query=expression, start=start, end=end, step=step)["result"]]

    def firing(self, alert):
        return [found for found in self.ask("alerts")["alerts"]
                if found["labels"]["alertname"] == alert and found["state"] == "firing"]
