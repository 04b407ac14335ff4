"""Publishing while something goes wrong: kills at any moment, system calls that fail, a disk that is full.

    python tests/faults.py kills PROJECT COUNT SEED
    python tests/faults.py calls PROJECT SEED HALF    (of the calls: 0 or 1)
    python tests/faults.py full PROJECT        (mounts file systems: as root, behind `unshare --mount`)

The process has published once, has no threads, and forks a child that publishes for each fault: two hundred
of them take seconds. It prints what it saw as JSON; `wrong` are the sentences that should not be there.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from select import select

from publishing import contents, names, withdraw
from shahr.cli import main as shahr
from shahr.errors import ShahrError
from shahr.paths import Project
from shahr.releases import check_release

OLD, NEW = "0.1.0", "0.2.0"
PAGE = 4096
Do = Callable[[], object]


@dataclass
class Seen:
    """What came of the faults.

    hit          children that were killed or had to give up
    unfinished   how many files of the release there were, for each that left it half done
    finished     children that finished the release all the same
    wrong        what should not be, as sentences
    sentences    what the children said that gave up
    """

    hit: int = 0
    finished: int = 0
    unfinished: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


class Publishing:
    """A project with the release OLD, how NEW looks when nothing disturbs it, and how long it took lately.

    `seconds` are those of a clock, `work` those of the processor.
    """

    def __init__(self, root: Path) -> None:
        self.project = Project.at(root)
        self.words = root / "words.txt"
        self.seen = Seen()
        self.undisturbed(OLD)
        self.old = contents(self.project.releases / OLD)
        self.undisturbed(NEW)
        self.new = contents(self.project.releases / NEW)
        withdraw(self.project, NEW)

    def child(self, version: str = NEW, before: Do = lambda: None) -> int:
        """Start to publish in a child, after `before`; give its process number."""
        if pid := os.fork():
            return pid
        with self.words.open("wb") as words:
            os.dup2(words.fileno(), 1)
            os.dup2(words.fileno(), 2)
        before()
        code: object = 99
        try:
            shahr(["--project", str(self.project.root), "publish", version])
        except SystemExit as end:
            code = end.code or 0
        except BaseException as error:  # noqa: BLE001 - what is no error of ours shows as a traceback
            sys.excepthook(type(error), error, error.__traceback__)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 1)

    def killed_after(self, moment: float) -> bool:
        """Kill a child after so many seconds; one that is done before then tells how long a run takes now."""
        start, pid = time.monotonic(), self.child()
        watched = os.pidfd_open(pid)
        done = bool(select([watched], [], [], moment)[0])
        if done:
            self.seconds = time.monotonic() - start
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(watched)
        return os.waitpid(pid, 0)[1] == signal.SIGKILL

    def dead_after(self, share: float) -> bool:
        """Let a child die, as of a kill, when it has had that share of the processor's time that a whole run takes.

        However busy the machine is, it is about as far then.
        """
        moment = max(share * self.work, 1e-6)
        pid = self.child(before=lambda: signal.setitimer(signal.ITIMER_PROF, moment))
        return os.waitpid(pid, 0)[1] == signal.SIGPROF

    def undisturbed(self, version: str) -> None:
        """Publish and expect success, and note how long it takes."""
        start = time.monotonic()
        _, status, used = os.wait4(self.child(version), 0)
        self.seconds, self.work = time.monotonic() - start, used.ru_utime + used.ru_stime
        if status:
            self.seen.wrong.append(f"publish {version}: status {status}, {self.said()}")

    def said(self) -> str:
        """Give what the last child said."""
        return self.words.read_text(encoding="utf-8", errors="replace")

    def look(self, what: str) -> bool:
        """Look at what a fault has left, note what is wrong, and tell whether the release is there."""
        left = names(self.project)
        for name in left:
            if name.startswith(".next-") and NEW not in left:
                self.seen.unfinished.append(sum(path.is_file() for path in (self.project.releases / name).rglob("*")))
        if strange := [name for name in left if name not in (OLD, NEW) and not name.startswith(".next-")]:
            self._wrong(what, f"left {strange}")
        if contents(self.project.releases / OLD) != self.old:
            self._wrong(what, "the old release is another")
        if NEW not in left:
            return False
        self.seen.finished += 1
        self._look_at_new(what)
        withdraw(self.project, NEW)
        return True

    def mend(self, what: str) -> None:
        """Publish after a fault: all must be as if there had been none."""
        self.undisturbed(NEW)
        if names(self.project) != [OLD, NEW] or contents(self.project.releases / NEW) != self.new:
            self._wrong(what, f"the next publish left {names(self.project)}, or other bytes")
        with suppress(FileNotFoundError):
            withdraw(self.project, NEW)

    def judge(self, what: str, status: int) -> None:
        """Look at a child that ended by itself: success, or one sentence and nothing half-written."""
        there = self.look(what)
        left = [name for name in names(self.project) if name not in (OLD, NEW)]
        if left and not UNCLEARED.search(what):
            self._wrong(what, f"left {left}")
        for name in left:
            shutil.rmtree(self.project.releases / name)
        if status == 0 and there:
            return
        if there:
            self._wrong(what, "refused, but the release is there")
        said = self.said()
        self.seen.hit += 1
        self.seen.sentences.append(f"{what}: {said.strip()}")
        if os.waitstatus_to_exitcode(status) != 1 or not re.fullmatch(r"(shahr: [^\n]+\n)+", said):
            self._wrong(what, f"status {status}, said {said[-600:]!r}")

    def _look_at_new(self, what: str) -> None:
        try:
            check_release(self.project.releases / NEW)
        except ShahrError as error:
            self._wrong(what, str(error))
        found = contents(self.project.releases / NEW)
        if other := sorted(name for name, _ in found.items() ^ self.new.items()):
            self._wrong(what, f"the new release is another than undisturbed: {other}")

    def _wrong(self, what: str, why: str) -> None:
        self.seen.wrong.append(f"{what}: {why}")


def kills(publishing: Publishing, count: int, seed: int) -> None:
    """Let `count` children die at moments spread over a whole run; after every twentieth, publish in peace.

    Every fourth is killed from outside by the clock, the others die by the time that they had of the processor.
    """
    random, seen = Random(seed), publishing.seen
    for number in range(5 * count):
        share = random.random()
        by_clock = number % 4 == 0
        if publishing.killed_after(share * publishing.seconds) if by_clock else publishing.dead_after(share):
            seen.hit += 1
            publishing.look(f"killed after {share:.4f} of its {'time' if by_clock else 'work'}")
            if seen.hit % 20 == 0:
                publishing.mend(f"after kill {seen.hit}")
            if seen.hit == count:
                return
        else:
            publishing.judge("not killed in time", 0)


def calls(publishing: Publishing, seed: int, half: int) -> None:
    """Let system calls fail, or be the last that the child makes, and limits of the kernel be reached."""
    for what, limit in islice(_limits(), half, None, 2):
        publishing.judge(what, os.waitpid(publishing.child(before=limit), 0)[1])
    there = _counted(publishing)
    for what, inject in islice(_injections(there, Random(seed)), half, None, 2):
        status = _traced(publishing, ["-e", f"inject={inject}"])
        if "KILL" in what:
            publishing.seen.hit += status == signal.SIGKILL
            publishing.look(what)
        else:
            publishing.judge(what, status)
    publishing.mend("after failing calls")


def full(publishing: Publishing) -> None:
    """Publish in a small file system of its own, with more room each time, until it fits."""
    old = shutil.copytree(publishing.project.releases / OLD, publishing.project.root / "old")
    files = [path for path in old.rglob("*") if path.is_file()]
    pages = sum(-(-path.stat().st_size // PAGE) for path in files)
    for inodes in (len(files) + 12, 2 * len(files) + 8):
        if _fits(publishing, f"nr_inodes={inodes}"):
            publishing.seen.wrong.append(f"fitted into {inodes} inodes")
    for step in range(1, 100):
        if _fits(publishing, f"size={(pages + step * (1 + pages // 10)) * PAGE}"):
            return
    publishing.seen.wrong.append("never fitted")


def _fits(publishing: Publishing, options: str) -> bool:
    """Publish to a new file system that holds the old release; tell whether there was room."""
    place, finished = publishing.project.releases, publishing.seen.finished
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)
    try:
        shutil.copytree(place.parent.parent / "old", place / OLD)
        publishing.judge(options, os.waitpid(publishing.child(), 0)[1])
    finally:
        subprocess.run(["umount", str(place)], check=True)
    return publishing.seen.finished > finished


def _limits() -> Iterator[tuple[str, Do]]:
    for size in (100, 1000, 5000):
        yield f"files of {size} bytes at most", partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    for number in (4, 6, 8):
        yield f"{number} files open at most", partial(resource.setrlimit, resource.RLIMIT_NOFILE, (number, number))


FAILING = {
    "write": ("ENOSPC", "EIO"),
    "fsync": ("EIO", "ENOSPC"),
    "openat": ("EACCES", "EMFILE", "EIO"),
    "rename": ("EIO", "ENOSPC"),
    "mkdir": ("ENOSPC", "EROFS"),
    "read": ("EIO",),
    "flock": ("ENOLCK",),
    "getdents64": ("EIO",),
    "unlink": ("EIO",),
}
# Faults that meet the one who clears up, too: a hidden folder may stay, and the next publish clears it.
UNCLEARED = re.compile("unlink|openat|getdents|open at most")
KILLING = ("write", "fsync", "openat", "rename", "mkdir", "unlink")


def _injections(there: Counter[str], random: Random) -> Iterator[tuple[str, str]]:
    """Give for each kind of call the first, the last and some other of them, by name and as strace takes it."""
    for call, errors in FAILING.items():
        for error in errors:
            for at in _some(there[call], 3, random):
                yield f"{error} at {call} {at} of {there[call]}", f"/^{call}:error={error}:when={at}"
    for call in KILLING:
        for at in _some(there[call], 4, random):
            yield f"KILL at {call} {at} of {there[call]}", f"/^{call}:signal=KILL:when={at}"


def _some(amount: int, wanted: int, random: Random) -> list[int]:
    return sorted({1, amount, *random.choices(range(1, amount + 1), k=wanted - 2)}) if amount else []


def _counted(publishing: Publishing) -> Counter[str]:
    """Count the system calls of an undisturbed run, by the names in FAILING."""
    log = publishing.project.root / "strace.txt"
    _traced(publishing, ["-e", "trace=" + ",".join(f"/^{call}" for call in FAILING), "-o", str(log)])
    withdraw(publishing.project, NEW)
    found = re.findall(rf"^(?:\d+ +)?({'|'.join(FAILING)})\w*\(", log.read_text(errors="replace"), re.MULTILINE)
    return Counter(found) - Counter(["write"])  # the last word is not for the disk


def _traced(publishing: Publishing, options: list[str]) -> int:
    """Publish in a child that strace holds; give its status."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})  # so that it waits for the child if that is late
    pid = publishing.child(before=_wait_for_tracer)
    quiet = [] if "-o" in options else ["-o", "/dev/null"]
    tracer = subprocess.Popen(["strace", "-f", "-p", str(pid), *quiet, *options], stderr=subprocess.DEVNULL)
    while not _is_traced(pid):
        if tracer.poll() is not None:
            os.kill(pid, signal.SIGKILL)
            raise SystemExit("strace may not trace here")
        time.sleep(0.001)
    os.kill(pid, signal.SIGUSR1)
    status = os.waitpid(pid, 0)[1]
    tracer.wait(30)
    return status


def _wait_for_tracer() -> None:
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER: anyone may trace this process
    signal.sigwait({signal.SIGUSR1})


def _is_traced(pid: int) -> bool:
    return "TracerPid:\t0" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")


def _warm_up(project: Project) -> None:
    """Publish here once, so that no child has anything left to import, and leave no thread behind."""
    with redirect_stdout(sys.stderr):
        shahr(["--project", str(project.root), "publish", OLD], standalone_mode=False)
    withdraw(project, OLD)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads must not fork"
    gc.collect()
    gc.freeze()


def main(kind: str, root: str, *numbers: str) -> None:
    """Do one of the three and print what was seen."""
    tempfile.tempdir = root  # what a killed child leaves there goes with the project
    _warm_up(Project.at(Path(root)))
    publishing = Publishing(Path(root))
    if kind == "kills":
        kills(publishing, *map(int, numbers))
    elif kind == "calls":
        calls(publishing, *map(int, numbers))
    else:
        full(publishing)
    json.dump(asdict(publishing.seen), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
