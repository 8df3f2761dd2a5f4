"""scripts/demo and scripts/test: started from anywhere, and clear about what they miss."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the scripts need bash")


@pytest.mark.parametrize("name", ["demo", "test"])
def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = _run(_SCRIPTS / name, tmp_path, PYTHON=str(old))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("bitloop needs Python 3.11 or later; install it, or name it: ")
    assert done.stderr.count("\n") == 1


def test_a_python_without_venv_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout with blanks"
    shutil.copytree(_SCRIPTS, checkout / "scripts")
    for name in ("pyproject.toml", "constraints.txt"):
        shutil.copy(_SCRIPTS.parent / name, checkout)
    bare = tmp_path / "python-bare"
    bare.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    bare.chmod(0o755)
    done = _run(checkout / "scripts" / "demo", tmp_path, PYTHON=str(bare))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("name", ["demo", "test", "setup.sh"])
def test_the_scripts_are_valid_and_name_no_address(name: str) -> None:
    path = _SCRIPTS / name
    subprocess.run(["bash", "-n", str(path)], check=True)  # noqa: S607
    assert "://" not in path.read_text()
    assert os.access(path, os.X_OK) == (name != "setup.sh")


def _run(script: Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(script)]
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
