"""Malformed input of every kind: refused in a sentence that names the place, at once, without a crash."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from bitloop.errors import InputError
from bitloop.signals.acquisitions import read_acquisition, read_whole
from bitloop.signals.reader import read_table
from tests.signals import corpus_acquisitions, corpus_binary, corpus_text
from tests.signals.corpus import Malformed, assert_refused

ROWS = (*corpus_text.ROWS, *corpus_acquisitions.ROWS, *corpus_binary.ROWS)


@pytest.fixture(scope="module", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is loaded with the first file of a run is no part of the times."""
    folder = tmp_path_factory.mktemp("warm")
    for name, content in {"good.csv": lambda: b"1,2\n3,4\n", **corpus_binary.GOOD}.items():
        (folder / name).write_bytes(content())
        read_table(folder / name)


def _read_acquisition(folder: Path) -> None:
    for component in read_acquisition(folder).components:
        read_whole(component)


@pytest.mark.parametrize("row", corpus_text.ROWS, ids=lambda row: row.name)
def test_malformed_text_is_refused_in_a_sentence(row: Malformed, tmp_path: Path) -> None:
    assert_refused(row, tmp_path, read_table)


@pytest.mark.parametrize("row", corpus_acquisitions.ROWS, ids=lambda row: row.name)
def test_malformed_acquisitions_are_refused_in_a_sentence(row: Malformed, tmp_path: Path) -> None:
    assert_refused(row, tmp_path, _read_acquisition)


@pytest.mark.parametrize("row", corpus_binary.ROWS, ids=lambda row: f"{row.file}: {row.name}")
def test_malformed_binary_files_are_refused_in_a_sentence(row: Malformed, tmp_path: Path) -> None:
    assert_refused(row, tmp_path, read_table)


_BOMBS = [row for row in corpus_binary.ROWS if "bomb" in row.name or "exabytes" in row.name]


@pytest.mark.parametrize("row", _BOMBS, ids=lambda row: f"{row.file}: {row.name}")
def test_bombs_do_not_go_off(row: Malformed, tmp_path: Path) -> None:
    path = row.write(tmp_path)
    tracemalloc.start()
    with pytest.raises(InputError):
        read_table(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 << 20


def test_every_row_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter((row.file, row.name) for row in ROWS).items() if count > 1] == []
