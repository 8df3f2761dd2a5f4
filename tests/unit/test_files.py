"""Files and cache: all or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bitloop.cache import cache_dir, cached, digest
from bitloop.errors import BitloopError
from bitloop.files import copy, refuse_overwrite, write_bytes, write_text


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old\n")

    def broken(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_changed_since_it_was_read_is_not_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "a.csv", tmp_path / "kept" / "a.csv"
    source.write_bytes(b"1,2\n")
    copy(source, target, hashlib.sha256(b"1,2\n").hexdigest())
    assert target.read_bytes() == b"1,2\n"
    source.write_bytes(b"3,4\n")
    with pytest.raises(BitloopError, match="changed while it was read"):
        copy(source, target, hashlib.sha256(b"1,2\n").hexdigest())
    assert [path.name for path in target.parent.iterdir()] == ["a.csv"]
    assert target.read_bytes() == b"1,2\n"


def test_overwriting_needs_force(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    refuse_overwrite(path, force=False)
    write_text(path, "mine")
    with pytest.raises(BitloopError, match="--force"):
        refuse_overwrite(path, force=False)
    refuse_overwrite(path, force=True)


def test_a_failed_build_is_not_kept_and_the_next_one_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path))

    def fails(out: Path) -> None:
        (out / "half").write_text("x")
        raise OSError("killed")

    with pytest.raises(OSError, match="killed"):
        cached("ab12", fails)
    folder = cached("ab12", lambda out: (out / "whole").touch())
    assert [p.name for p in folder.iterdir()] == ["whole"]
    assert [p.name for p in folder.parent.iterdir()] == ["ab12"]


def test_losing_a_race_returns_the_winner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path))

    def slow(out: Path) -> None:
        cached("cd34", lambda winner: (winner / "first").touch())
        (out / "second").touch()

    assert [p.name for p in cached("cd34", slow).iterdir()] == ["first"]


def test_parts_do_not_run_into_each_other() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_the_cache_is_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BITLOOP_CACHE", str(tmp_path / "x"))
    assert cache_dir() == tmp_path / "x"
