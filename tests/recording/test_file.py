"""The file of a recording holds whole lines only, whatever ends it, and nothing that was there before is lost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bitloop.errors import InputError, RecordError
from bitloop.recording.file import LineFile
from bitloop.recording.keeper import Keeper, Kept, rejected_path
from bitloop.recording.lines import Line, Shape
from bitloop.recording.note import Origin, Run, note_path

RUN = Run(Origin("/dev/ttyACM0", 115_200), "2026-01-01T00:00:00+00:00", 1)
RIGHT = Line(1, b"1 2", ("1", "2"))
WRONG = Line(2, b"1 \xff\t2", (), "no text")


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes, and the system says so as it does for a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 64 KiB of its own."""
    folder = Path(tempfile.mkdtemp())
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=64k", "bitloop-test", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)
    folder.rmdir()


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 4095, 8190])
def test_a_full_disk_leaves_whole_lines(tmp_path: Path, size: int) -> None:
    path = tmp_path / "full.csv"
    file = LineFile(path)
    with at_most(size), pytest.raises(RecordError, match="takes no more"):
        for _ in range(1000):
            file.write([f"{i:09}" for i in range(7)])
    assert file.lines == size // 10
    file.close()
    assert path.exists() == (size >= 10)
    assert not path.exists() or path.read_text().split("\n") == [f"{i % 7:09}" for i in range(size // 10)] + [""]


def test_a_disk_that_really_is_full_leaves_whole_lines(small_disk: Path) -> None:
    path = small_disk / "full.csv"
    keeper = Keeper(Kept.at(path), RUN)
    line = Line(1, b"", tuple("1234567.125" for _ in range(300)))
    with pytest.raises(RecordError, match="No space left on device"):
        for _ in range(1000):
            keeper.keep([line, line, line])
    kept = keeper.lines
    record, _ = keeper.finish(end="full")
    assert record["lines"] == kept > 10
    assert path.read_text().splitlines() == [",".join(line.values)] * kept
    assert json.loads(note_path(path).read_text())["runs"][0]["port"] == "/dev/ttyACM0"


def test_an_interrupt_in_the_middle_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, real = LineFile(tmp_path / "cut.csv"), os.write

    def write(handle: int, data: memoryview) -> int:
        real(handle, data[:5])
        raise KeyboardInterrupt

    file.write(["1,2", "3,4"])
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "write", write)
        file.write(["5,6", "7,8"])
    file.close()
    assert (tmp_path / "cut.csv").read_text() == "1,2\n3,4\n"


def test_an_empty_file_does_not_stay(tmp_path: Path) -> None:
    keeper = Keeper(Kept.at(tmp_path / "none.csv"), RUN)
    keeper.keep([WRONG])
    assert note_path(tmp_path / "none.csv").exists()
    keeper.finish(end="time")
    assert [path.name for path in tmp_path.iterdir()] == ["none.csv.rejected"]


def test_what_was_no_signal_can_be_read_back(tmp_path: Path) -> None:
    keeper = Keeper(Kept.at(tmp_path / "some.csv"), RUN)
    keeper.keep([RIGHT, WRONG])
    keeper.finish(end="complete")
    number, reason, text = rejected_path(tmp_path / "some.csv").read_text().rstrip("\n").split("\t")
    assert (number, reason) == ("2", "no text")
    assert text.encode("ascii").decode("unicode_escape").encode("latin-1") == WRONG.raw
    assert (tmp_path / "some.csv").read_text() == "1,2\n"


@pytest.mark.parametrize("name", ["log.csv", "log.csv.json", "log.csv.rejected"])
def test_nothing_is_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine\n")
    with pytest.raises(RecordError, match=f"{name} exists already; .* --append"):
        Kept.at(tmp_path / "log.csv")
    assert (tmp_path / name).read_text() == "mine\n"
    kept = Kept(tmp_path / "log.csv", "", Shape(), False, Kept.at(tmp_path / "other.csv").layout)
    if name == "log.csv":  # it appeared after the look
        with pytest.raises(RecordError, match="exists already"):
            Keeper(kept, RUN)
    assert (tmp_path / name).read_text() == "mine\n"


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ("5;6\n", "5;6\n1;2\n"),
        ("5 6\n", "5 6\n1 2\n"),
        ("5, 6\r\n7, 8\r\n", "5, 6\r\n7, 8\r\n1,2\n"),
        ("", "1,2\n"),
        ("\n5,6\n\n", "\n5,6\n\n1,2\n"),
    ],
)
def test_a_file_is_continued_as_it_began(tmp_path: Path, content: str, written: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(content, newline="")
    kept = Kept.at(path, append=True)
    assert kept.lines == content.count("\n")
    keeper = Keeper(kept, RUN)
    keeper.keep([RIGHT])
    keeper.finish(end="complete")
    assert path.read_bytes().decode() == written


def test_runs_of_a_file_add_up(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    for run in range(3):
        kept = Kept.at(path, "healthy" if run < 2 else "", Shape(2), append=True)
        keeper = Keeper(kept, Run(RUN.origin, RUN.started, kept.lines + 1))
        keeper.keep([RIGHT, RIGHT, WRONG])
        keeper.finish(end="complete")
    note = json.loads(note_path(path).read_text())
    assert (note["class"], note["columns"], note["axes"], note["samples"]) == ("healthy", 2, 2, 1)
    assert [run["first_line"] for run in note["runs"]] == [1, 3, 5]
    assert [run["lines"] for run in note["runs"]] == [2, 2, 2]
    assert len(rejected_path(path).read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("1,2,3\n", {"shape": Shape(2, 1)}, "it has 3 values where 2 are due"),
        ("1,2\n1,2,3\n", {}, "the first line has 2 values and the last 3"),
        ("1,2\n1,2", {}, "the last line has no end"),
        ("x,y\n1,2\n", {}, "'x' is not a number"),
        ("1,2\n", {"label": "broken"}, "it was recorded as 'healthy'"),
    ],
)
def test_what_does_not_go_with_a_file_is_not_appended(
    tmp_path: Path, content: str, options: dict[str, object], sentence: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(content)
    note_path(path).write_text('{"bitloop_recording": 1, "class": "healthy", "runs": []}')
    with pytest.raises(InputError, match=sentence):
        Kept.at(path, append=True, **options)  # type: ignore[arg-type]
    assert path.read_text() == content


@pytest.mark.parametrize("note", ["", "{", "[]", '{"bitloop_recording": 2, "runs": []}', '{"bitloop_recording": 1}'])
def test_a_damaged_note_is_not_replaced(tmp_path: Path, note: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text("1,2\n")
    note_path(path).write_text(note)
    with pytest.raises(InputError, match=r"log.csv.json: .*move it away"):
        Kept.at(path, append=True)


def test_places_that_take_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        LineFile(tmp_path / "none" / "log.csv")
    with pytest.raises(RecordError, match="no plain file"):
        LineFile(Path("/dev/full"), append=True)
    with pytest.raises(RecordError, match="49152 values; a signal has fewer than 16384"):
        Kept.at(tmp_path / "log.csv", shape=Shape(3, 16384))
