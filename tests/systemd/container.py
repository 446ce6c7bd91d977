"""A container with a systemd of its own, booted by systemd-nspawn: a Debian root, the program and its units."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

PACKAGES = "systemd,systemd-sysv,dbus"
# They would write state of the whole machine.
MASKED = ("systemd-binfmt.service", "proc-sys-fs-binfmt_misc.automount", "proc-sys-fs-binfmt_misc.mount")
UNITS = "/etc/systemd/system"


class Unavailable(Exception):
    """This machine cannot boot one."""


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return value


def make_root(root, release):
    """Made once, then kept: that takes longer than all that is tried with it."""
    if (root / "usr/lib/systemd/systemd").exists():
        return
    shutil.rmtree(root, ignore_errors=True)
    partial = root.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    made = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", release, partial],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Unavailable(f"no root of {release}: {made.stderr.strip().splitlines()[-1:]}")
    partial.rename(root)


def install(root, program, tree, env_file):
    """Everything where a package has it, and what an earlier run left is gone."""
    for left in ("etc/threadecho", "etc/systemd/system", "var/log/journal", "var/lib/systemd/coredump"):
        shutil.rmtree(root / left, ignore_errors=True)
        (root / left).mkdir(parents=True)
    (root / "etc/machine-id").write_text("")
    shutil.copy(program, root / "usr/bin/threadecho")
    shutil.copy(env_file, root / "etc/threadecho/threadecho.env")
    for unit in sorted((tree / "deploy/systemd").iterdir()):
        shutil.copy(unit, root / UNITS[1:])
    for unit in MASKED:
        (root / UNITS[1:] / unit).symlink_to("/dev/null")
    needed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in needed.splitlines():
        words = line.split()
        if len(words) > 2 and words[1] == "=>" and not (root / words[2][1:]).exists():
            shutil.copy(words[2], root / words[2][1:])


class Container:
    """Booted while in its `with` block."""

    def __init__(self, root, log):
        self.root, self.log = root, log

    def __enter__(self):
        # A /run of its own, because the machine's may be read-only or have no room for nspawn.
        command = ('mount -t tmpfs tmpfs /run && exec systemd-nspawn --quiet --directory="$0" --machine=threadecho-$$ '
                   "--register=no --keep-unit --private-network --boot --console=pipe")
        with open(self.log, "w", encoding="utf-8") as log:
            self.nspawn = subprocess.Popen(["unshare", "--mount", "sh", "-c", command, self.root],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_for(self._is_up, "the boot")
        except AssertionError as error:
            self.__exit__()
            raise Unavailable(f"systemd-nspawn boots no container here ({error}), see {self.log}") from error
        return self

    def __exit__(self, *_):
        if self.nspawn.poll() is None and (init := self._init()):
            os.kill(init, signal.SIGRTMIN + 4)  # systemd(1): power off
        try:
            self.nspawn.wait(20)
        except subprocess.TimeoutExpired:
            self.nspawn.kill()
            self.nspawn.wait()

    def _is_up(self):
        # Again each time: nspawn's first child is not the container's init yet.
        self.init = self._init()
        return (self.init and
                self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"))

    def _init(self):
        if self.nspawn.poll() is not None:
            raise AssertionError("systemd-nspawn has ended")
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children").read_text().split()
        return int(children[0]) if children else None

    def _inside(self, arguments):
        return ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", *arguments]

    def run(self, *arguments, timeout=60):
        return subprocess.run(self._inside(arguments), capture_output=True, text=True, check=False, timeout=timeout)

    def call(self, *arguments, timeout=60):
        done = self.run(*arguments, timeout=timeout)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)}: {done.returncode} {done.stdout}{done.stderr}")
        return done.stdout

    def start(self, *arguments):
        """A process that goes on, and its number, which differs from nsenter's."""
        process = subprocess.Popen(self._inside(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return process, int(wait_for(lambda: children.read_text().split(), arguments[0])[0])

    def signal(self, number, process):
        """To a process by its number inside."""
        self.call("sh", "-c", f"kill -{number} {process}")

    def write(self, path, text):
        path = self.root / path[1:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def show(self, unit, *names):
        text = self.call("systemctl", "show", unit, *[f"--property={name}" for name in names])
        values = dict(line.split("=", 1) for line in text.splitlines())
        return values[names[0]] if len(names) == 1 else values
