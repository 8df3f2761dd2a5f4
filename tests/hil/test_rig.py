"""Rig files: what they say, what is refused with file and key, and how places are taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bitloop.errors import BuildError, InputError, LockError, ProbeError
from bitloop_hil import features, rig
from bitloop_hil.boards import board_file, names, open_board
from bitloop_hil.closing import Closing
from bitloop_hil.locks import BoardLock
from bitloop_hil.rig import Place, Rig, missing, open_free, open_place

GOOD = """
[places.left]
board = "nucleo-l432kc"
bench = "hardware"
probe = "066BFF495087534867091423"
port = "/dev/ttyACM7"
pack = "packs/one.pack"
baud = 115_200

[places.far]
board = "nucleo-l432kc"
bench = "hardware"
remote = "bench-host:5555"
port = "rfc2217://bench-host:4001"

[places.soft]
board = "generic-cortex-m0"
bench = "virtual"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "rig.toml"
    path.write_text(text)
    return path


def test_a_rig_file_mixes_kinds_of_places(tmp_path: Path) -> None:
    left, far, soft = Rig.load(_write(tmp_path, GOOD)).places
    pack = str(tmp_path / "packs" / "one.pack")
    assert left == Place(
        "left", "nucleo-l432kc", "hardware", "066BFF495087534867091423", "/dev/ttyACM7", "", pack, 115_200
    )
    assert (far.remote, far.port, far.probe) == ("bench-host:5555", "rfc2217://bench-host:4001", "")
    assert soft == Place("soft", "generic-cortex-m0", "virtual")
    assert Rig.load(tmp_path / "rig.toml")["soft"] is not soft


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"no \[places\.<name>\] table"),
        ("places = 3", r"no \[places\.<name>\] table"),
        ("[[", "cannot be read"),
        ("[place.x]\nboard = 'x'", "key 'place' is unknown"),
        ("[places.'a b']\nboard = 'x'", r"the place 'a b' has to be named by letters"),
        ("[places]\nx = 1", r"places\.x has to be a table"),
        ("[places.x]\nbench = 'virtual'", r"places\.x\.board is missing"),
        ("[places.x]\nboard = 'generic-cortex-m0'", r"places\.x\.bench is missing"),
        ("[places.x]\nboard = 'generic-cortex-m0'\nbench = 'air'", r"places\.x: there is no bench 'air'"),
        ("[places.x]\nboard = 'nowhere'\nbench = 'qemu'", r"places\.x: no board is called 'nowhere'"),
        ("[places.x]\nboard = 'generic-cortex-m0'\nbench = 'qemu'", r"places\.x: .*not on the bench 'qemu'"),
        (
            "[places.x]\nboard = 'generic-cortex-m0'\nbench = 'virtual'\nprobe = '1'",
            r"places\.x\.probe is for the hard",
        ),
        ("[places.x]\nboard = 'generic-cortex-m0'\nbench = 'virtual'\nprobes = '1'", r"places\.x\.probes is unknown"),
        ("[places.x]\nboard = 7\nbench = 'virtual'", r"places\.x\.board = 7 has to be a string"),
        ("[places.x]\nboard = 'nucleo-l432kc'\nbench = 'hardware'", r"places\.x\.probe is missing"),
        ("[places.x]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\nremote = 'h'", r"places\.x\.port is missing"),
        (
            "[places.x]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\nprobe = '1'\nbaud = true",
            r"places\.x\.baud = True has to be a speed",
        ),
        (
            "[places.x]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\nprobe = '1'\nport = 'ftp://h:1'",
            r"places\.x: 'ftp://h:1' names no port",
        ),
        (
            "[places.x]\nboard = 'nucleo-l432kc'\nbench = 'hardware'\nprobe = 'a\\u001bb'".replace("'", '"'),
            r"places\.x\.probe = .* printable",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        Rig.load(_write(tmp_path, text))
    assert str(tmp_path / "rig.toml") in str(caught.value)


@pytest.mark.parametrize(("key", "first", "second"), [("probe", "0a", "stlink:0A"), ("port", "/dev/x", "/dev/x")])
def test_two_places_never_share_a_probe_or_a_port(tmp_path: Path, key: str, first: str, second: str) -> None:
    text = ""
    for name, value in (("one", first), ("two", second)):
        table = {"board": "nucleo-l432kc", "bench": "hardware", "probe": name, key: value}
        text += f"[places.{name}]\n" + "".join(f'{k} = "{v}"\n' for k, v in table.items())
    with pytest.raises(InputError, match=rf"places\.two\.{key} is that of places\.one"):
        Rig.load(_write(tmp_path, text))


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Rig.load(tmp_path / "none.toml")


def test_a_rig_without_a_file_numbers_equal_boards() -> None:
    made = Rig.of("virtual", ["generic-cortex-m0", "generic-cortex-m3", "generic-cortex-m0"])
    assert [place.name for place in made.places] == ["generic-cortex-m0", "generic-cortex-m3", "generic-cortex-m0-2"]
    assert made["generic-cortex-m3"].board == "generic-cortex-m3"
    with pytest.raises(BuildError, match="no place called 'x'"):
        made["x"]
    with pytest.raises(BuildError, match="not on the bench 'qemu'"):
        Rig.of("qemu", ["generic-cortex-m0"])


def test_a_bench_that_does_not_exist_and_a_board_it_lacks_are_told_apart() -> None:
    with pytest.raises(BuildError, match="there is no bench 'air'"):
        open_board("generic-cortex-m0", "air")
    with pytest.raises(BuildError, match="it is on virtual"):
        open_board("generic-cortex-m0", "qemu")


def test_what_is_missing_is_said_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing(Place("x", "generic-cortex-m0", "virtual")) == ""
    monkeypatch.setenv("PATH", "")
    assert "needs qemu-system-arm on the PATH" in missing(Place("x", "mps2-an386", "qemu"))


def test_every_lack_has_a_reason_and_every_bench_is_judged() -> None:
    for board in names():
        for bench in board_file(board).benches:
            can = features.offered(bench, board)
            for feature in features.FEATURES:
                assert (features.lack(feature, bench, board) == "") == (feature in can)
    assert "floating-point" in features.lack("fpu", "virtual", "generic-cortex-m0")
    assert "no debug probe" in features.lack("flash", "virtual", "generic-cortex-m0")
    assert "without a chip" in features.lack("line", "virtual", "generic-cortex-m0")
    assert "is an estimate" in features.lack("timing", "virtual", "nucleo-f767zi")
    assert features.lack("timing", "virtual", "nucleo-l432kc") == ""
    assert features.lack("silicon", "hardware", "nucleo-l432kc") == ""
    with pytest.raises(BuildError, match="no feature 'wings'"):
        features.lack("wings", "virtual", "generic-cortex-m0")


class _Board(Closing):
    """A board that is only its lock."""

    def __init__(self, lock: BoardLock) -> None:
        self.lock = lock

    def close(self) -> None:
        self.lock.close()


@pytest.fixture
def lockable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Place]]:
    """Two hardware places whose boards are only locks."""
    monkeypatch.setenv("BITLOOP_LOCKS", str(tmp_path / "locks"))

    def opened(place: Place, lock_seconds: float = 0.0) -> _Board:
        if place.probe == "gone":
            raise ProbeError("gone")
        return _Board(BoardLock(place.serial, seconds=lock_seconds).acquire())

    monkeypatch.setattr(rig, "open_place", opened)
    yield [Place(name, "nucleo-l432kc", "hardware", probe=name) for name in ("one", "two")]


def test_the_first_free_place_is_found_and_taken_in_one_go(lockable: list[Place]) -> None:
    place, board = open_free(lockable)
    second, other = open_free(lockable)
    assert (place.name, second.name) == ("one", "two")
    with pytest.raises(LockError, match=r"no place is free; one: .*; two: "):
        open_free(lockable)
    with pytest.raises(LockError, match="the board behind probe one was held"):
        open_free(lockable[:1])
    board.close()
    assert open_free(lockable)[0].name == "one"
    other.close()


def test_waiting_takes_whichever_place_is_free_first(lockable: list[Place]) -> None:
    _, first = open_free(lockable)
    _, second = open_free(lockable)
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.append(open_free(lockable, 60)[0].name))
    thread.start()
    second.close()
    thread.join(60)
    assert got == ["two"]
    first.close()


def test_a_board_that_is_not_there_does_not_keep_the_others_from_being_used(lockable: list[Place]) -> None:
    absent = [Place(name, "nucleo-l432kc", "hardware", probe="gone") for name in ("attic", "cellar")]
    place, board = open_free([absent[0], *lockable])
    assert place.name == "one"
    board.close()
    with pytest.raises(ProbeError, match=r"no place is there; attic: gone; cellar: gone"):
        open_free(absent)


def test_no_place_at_all_is_said() -> None:
    with pytest.raises(BuildError, match="no place was named"):
        open_free([])


def test_a_virtual_place_opens_a_board_of_its_own() -> None:
    with open_place(Place("soft", "generic-cortex-m0", "virtual")) as board:
        assert (board.name, board.bench) == ("generic-cortex-m0", "virtual")


def test_a_board_that_no_bench_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bitloop_hil.rig.board_file", lambda name: replace(board_file(name), benches=()))
    with pytest.raises(BuildError, match=r"nucleo-f411re is not on the bench 'virtual'; no bench has it yet"):
        open_board("nucleo-f411re", "virtual")
