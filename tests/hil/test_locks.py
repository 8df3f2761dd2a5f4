"""One board, one user: what kernel-held locks promise, between processes, users and after kills."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bitloop.errors import LockError
from bitloop_hil import locks
from bitloop_hil.holds import hold, release
from bitloop_hil.locks import BoardLock, Holder, holder, holders, lock_path

SERIAL = "066BFF495087534867091423"

_HOLD_UNTIL_TOLD = """
import sys
from bitloop_hil.locks import BoardLock
with BoardLock(sys.argv[1], "a test of its own"):
    print("held", flush=True)
    sys.stdin.read()
"""

_COUNT = """
import sys
from pathlib import Path
from bitloop_hil.locks import BoardLock
count = Path(sys.argv[1])
for _ in range(15):
    with BoardLock("shared", seconds=60):
        count.write_text(str(int(count.read_text()) + 1))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Locks of this test alone, for its processes too."""
    path = tmp_path / "locks"
    monkeypatch.setenv("BITLOOP_LOCKS", str(path))
    return path


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds SERIAL until its standard input ends."""
    process = _start(_HOLD_UNTIL_TOLD, SERIAL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def _start(program: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_board_in_use_is_refused_and_the_refusal_names_its_holder(other: subprocess.Popen[bytes]) -> None:
    with pytest.raises(LockError, match=rf"pid {other.pid} on .*a test of its own"):
        BoardLock(SERIAL).acquire()


def test_the_lock_vanishes_with_a_killed_process(other: subprocess.Popen[bytes]) -> None:
    other.kill()
    other.wait()
    assert holder(SERIAL) is None
    with BoardLock(SERIAL) as lock:
        assert lock.held


def test_a_loser_leaves_the_winners_record_alone(other: subprocess.Popen[bytes]) -> None:
    before = lock_path(SERIAL).read_bytes()
    with pytest.raises(LockError):
        BoardLock(SERIAL).acquire()
    assert lock_path(SERIAL).read_bytes() == before
    assert json.loads(before)["pid"] == other.pid


def test_waiting_ends_when_the_holder_lets_go(other: subprocess.Popen[bytes]) -> None:
    waiting, got = BoardLock(SERIAL, seconds=60), threading.Event()
    thread = threading.Thread(target=lambda: (waiting.acquire(), got.set()))
    thread.start()
    assert not got.is_set()
    other.communicate()
    thread.join(60)
    assert got.is_set()
    who = holder(SERIAL)
    assert who is not None
    assert who.pid == os.getpid()
    waiting.close()


def test_waiting_has_an_end_that_names_how_long(other: subprocess.Popen[bytes]) -> None:
    with pytest.raises(LockError, match=r"was held for 0\.2 s by .*try again once it is free"):
        BoardLock(SERIAL, seconds=0.2).acquire()


def test_many_processes_are_never_in_at_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")
    processes = [_start(_COUNT, str(count)) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    for process in processes:
        process.communicate()
    assert int(count.read_text()) == 4 * 15


def test_two_locks_of_one_process_exclude_each_other_too() -> None:
    with BoardLock(SERIAL), pytest.raises(LockError):
        BoardLock(SERIAL).acquire()


def test_a_forked_child_does_not_keep_the_lock() -> None:
    context = multiprocessing.get_context("fork")
    leave = context.Event()
    with BoardLock(SERIAL):
        child = context.Process(target=leave.wait)
        child.start()
    try:
        assert holder(SERIAL) is None
        with BoardLock(SERIAL):
            pass
    finally:
        leave.set()
        child.join()


def test_serial_numbers_do_not_care_about_case_nor_leave_the_folder(folder: Path) -> None:
    assert lock_path("ABC") == lock_path("abc")
    for hostile in ("../../x", "/etc/passwd", "a\0b", "." * 3, "é" * 500):
        assert lock_path(hostile).parent == folder
        with BoardLock(hostile):
            assert holder(hostile) is not None
    with pytest.raises(LockError, match="needs the serial number"):
        lock_path("")


def test_all_locks_are_listed_with_their_holders() -> None:
    with BoardLock("b/2", "second"), BoardLock("A1", "first"):
        assert [(serial, who.reason) for serial, who in holders()] == [("a1", "first"), ("b/2", "second")]
    assert holders() == []


def test_looking_at_a_lock_never_makes_somebody_lose_it() -> None:
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            holder(SERIAL)

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(100):
            with BoardLock(SERIAL):
                pass
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


@pytest.mark.parametrize(
    "record", [b"", b"{", b"[1]", b"\xff\xfe", b'{"pid": "12"}', b'{"pid": true, "host": 7}', b"x" * 100_000]
)
def test_a_record_that_cannot_be_read_does_not_free_a_board(record: bytes) -> None:
    with BoardLock(SERIAL) as lock:
        lock_path(SERIAL).write_bytes(record)
        assert holder(SERIAL) == Holder()
        with pytest.raises(LockError, match="was held by somebody"):
            BoardLock(SERIAL).acquire()
        assert lock.held


def test_a_record_cannot_write_to_the_terminal_of_who_reads_it() -> None:
    with BoardLock(SERIAL, "\x1b]0;title\x07\x1b[2J clean\nup"):
        who = holder(SERIAL)
        assert who is not None
        assert who.describe().isprintable()
        assert "clean up" in who.reason


def test_a_link_in_the_shared_folder_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    lock_path(SERIAL).symlink_to(victim)
    with pytest.raises(LockError, match="cannot be opened"):
        BoardLock(SERIAL).acquire()
    assert victim.read_text() == "precious"


def test_a_lock_file_that_was_replaced_is_locked_anew() -> None:
    with BoardLock(SERIAL):
        lock_path(SERIAL).unlink()
        with BoardLock(SERIAL):
            assert holder(SERIAL) is not None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_is_kept_out_and_can_lock_after_us(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Path(tempfile.mkdtemp(prefix="bitloop-users-"))
    try:
        shared.chmod(0o1777)
        monkeypatch.setenv("BITLOOP_LOCKS", str(shared / "locks"))
        with BoardLock(SERIAL, "ours"):
            assert "ours" in _as_nobody()
        assert _as_nobody() == "free"
        with BoardLock(SERIAL):  # a file nobody wrote to last is ours again
            pass
    finally:
        shutil.rmtree(shared)


def _as_nobody() -> str:
    """What another user hears who tries the lock. It is a fork: this Python may be out of their reach."""
    ours, theirs = multiprocessing.Pipe(duplex=False)

    def attempt() -> None:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            with BoardLock(SERIAL):
                theirs.send("free")
        except LockError as error:
            theirs.send(str(error))

    child = multiprocessing.get_context("fork").Process(target=attempt)
    child.start()
    child.join()
    assert ours.poll(), "the other user said nothing"
    return str(ours.recv())


def test_a_hold_outlives_who_asked_for_it_and_ends_by_release() -> None:
    program = f"from bitloop_hil.holds import hold; print(hold({SERIAL!r}, 'soldering').pid)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    try:
        who = holder(SERIAL)
        assert who is not None
        assert (who.pid, who.reason, who.kind) == (int(done.stdout), "soldering", locks.HOLD)
        with pytest.raises(LockError, match="soldering"):
            BoardLock(SERIAL).acquire()
        with pytest.raises(LockError, match="soldering"):
            hold(SERIAL)
    finally:
        release(SERIAL)
    with BoardLock(SERIAL):
        pass


def test_a_hold_ends_by_itself() -> None:
    hold(SERIAL, seconds=0.05)
    with BoardLock(SERIAL, seconds=30):
        pass


def test_what_a_program_uses_is_not_released(other: subprocess.Popen[bytes]) -> None:
    with pytest.raises(LockError, match="in use, not on hold"):
        release(SERIAL)
    assert other.poll() is None


def test_nothing_held_is_nothing_to_release() -> None:
    with pytest.raises(LockError, match="nothing to release"):
        release(SERIAL)


@pytest.mark.parametrize(("user", "host"), [("somebody-else", os.uname().nodename), ("", "elsewhere")])
def test_a_hold_of_another_user_or_machine_is_theirs(user: str, host: str) -> None:
    hold(SERIAL)
    path = lock_path(SERIAL)
    true = json.loads(path.read_text())
    try:
        path.write_text(json.dumps({**true, "user": user or true["user"], "host": host}))
        with pytest.raises(LockError, match="only they can release it"):
            release(SERIAL)
        assert holder(SERIAL) is not None
    finally:
        path.write_text(json.dumps(true))
        release(SERIAL)


def test_all_users_choose_the_same_folder_and_may_write_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, shared, later = (tmp_path / name for name in ("private", "shared", "later"))
    for parent, mode in ((private, 0o755), (shared, 0o1777), (later, 0o1777)):
        parent.mkdir()
        parent.chmod(mode)  # what decides is the mode, so root does not choose what others cannot
    monkeypatch.delenv("BITLOOP_LOCKS")
    monkeypatch.setattr(locks, "_PARENTS", tuple(str(p) for p in (tmp_path / "none", private, shared, later)))
    before = os.umask(0o077)
    try:
        assert locks.folder() == shared / "bitloop"
        assert locks.folder().stat().st_mode & 0o7777 == 0o1777
        with BoardLock(SERIAL):
            assert lock_path(SERIAL).stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "file" / "locks"))
    with pytest.raises(LockError, match="name another with BITLOOP_LOCKS"):
        BoardLock(SERIAL).acquire()
