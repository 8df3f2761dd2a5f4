"""Where virtual boards are found, however long the folder's name is that they should be in."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from bitloop.errors import ProbeError
from bitloop_hil import published

NAME = "stm32f0discovery", "4194304-999"


def test_a_socket_can_be_made_in_a_folder_with_a_long_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / ("long" * 25)
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    path = published.socket_path(*NAME)
    assert path == published.socket_path(*NAME) and path.parent.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))
    shutil.rmtree(path.parent.parent.parent)


def test_two_long_folders_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for name in "ab":
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / (name * 100)))
        found.append(published.folder())
    assert found[0] != found[1]
    for path in found:
        shutil.rmtree(path.parent.parent)


def test_a_short_folder_is_used_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    short = Path("/tmp") / f"bl-{tmp_path.name[-8:]}"  # noqa: S108 - a short name is the point
    short.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
    assert published.socket_path(*NAME).is_relative_to(short)
    shutil.rmtree(short)


def test_a_folder_others_can_write_to_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runtime = tmp_path / ("long" * 25)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    base = published.folder().parent.parent
    base.chmod(0o777)
    with pytest.raises(ProbeError, match="belongs to somebody else"):
        published.folder()
    shutil.rmtree(base)
