"""The journal: a search killed at any moment goes on with nothing lost, and ends as if nothing had been."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bitloop.errors import SearchError
from bitloop.search import SearchResult, finish, search
from bitloop.search.budget import Budget
from bitloop.search.cost import Cost
from bitloop.search.journal import Journal
from bitloop.search.recipe import Branch, Head, Recipe
from bitloop.search.result import Outcome
from tests.search.machines import BUDGET, classes, screened

RECIPE = Recipe(
    (Branch("statistics", (("decimate", 2), ("center", True), ("which", ("rms", "mean")), ("floor", 0.1))),),
    "zscore",
    "discriminants",
    (("strength", 0.03),),
    Head("select", 8),
)
EVALUATIONS = 130


@pytest.fixture(autouse=True)
def _two_finalists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "FINALISTS", 2)
    monkeypatch.setattr(finish, "LIGHTER", 0)


def lines(path: Path) -> list[dict[str, object]]:
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1] == "\n"
    ]


def ranking(result: SearchResult) -> list[tuple[str, float]]:
    return [(candidate.library.id, candidate.score) for candidate in result.candidates]


def killed_after(path: Path, count: int) -> None:
    """Start a search and kill it, without any warning, when its journal has so many lines."""
    command = [sys.executable, "-m", "tests.search.killable", str(path), str(EVALUATIONS)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    while process.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") > count):
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    assert process.wait() == -signal.SIGKILL


def test_killed_twice_it_ends_as_if_nothing_had_been_and_evaluates_nothing_again(tmp_path: Path) -> None:
    whole = search(screened(), BUDGET, evaluations=EVALUATIONS, seed=3)
    path = tmp_path / "journal.jsonl"
    for count in (20, 90):
        killed_after(path, count)
        before = lines(path)
        assert len(before) > count
    again = search(screened(), BUDGET, evaluations=EVALUATIONS, seed=3, journal=path)
    assert lines(path)[: len(before)] == before
    assert ranking(again) == ranking(whole)
    assert (again.evaluations, again.complete) == (whole.evaluations, whole.complete)
    evaluated = [(line["stage"], line["index"]) for line in lines(path)[1:]]
    assert len(evaluated) == len(set(evaluated))
    done = path.read_bytes()
    assert ranking(search(screened(), BUDGET, evaluations=EVALUATIONS, seed=3, journal=path)) == ranking(whole)
    assert path.read_bytes() == done


def test_keeps_every_digit_of_an_outcome(tmp_path: Path) -> None:
    outcome = Outcome(7, RECIPE, 0.1 + 0.2, 1 / 3, 0.7, (0.1, 1 / 7), True, "", 0.123456789, Cost(1, 2, 3, 4))
    with Journal(tmp_path / "j", {"seed": 1}) as journal:
        journal.add("full", [outcome])
    with Journal(tmp_path / "j", {"seed": 1}) as journal:
        assert journal.find("full", 7, RECIPE) == outcome
        assert journal.find("screen", 7, RECIPE) is None
        assert journal.find("full", 7, Recipe(RECIPE.branches, "none", "sefr")) is None


def test_a_line_cut_short_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with Journal(path, {"seed": 1}) as journal:
        journal.add("full", [Outcome(1, RECIPE), Outcome(2, RECIPE)])
    path.write_bytes(path.read_bytes()[:-9])
    with Journal(path, {"seed": 1}) as journal:
        assert set(journal.known) == {("full", 1)}
        journal.add("full", [Outcome(2, RECIPE)])
    with Journal(path, {"seed": 1}) as journal:
        assert set(journal.known) == {("full", 1), ("full", 2)}


def test_the_journal_of_another_search_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "j"
    search(classes(), BUDGET, evaluations=8, seed=1, journal=path)
    before = path.read_bytes()
    with pytest.raises(SearchError, match="belongs to another search"):
        search(classes(), BUDGET, evaluations=8, seed=2, journal=path)
    with pytest.raises(SearchError, match="belongs to another search"):
        search(classes(), Budget(1 << 14, 1 << 15, BUDGET.target), evaluations=8, seed=1, journal=path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "line", ["{", "[]", "null", '{"stage": "full"}', '{"stage": "full", "index": "x"}', "[" * 99999]
)
def test_damage_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "j"
    with Journal(path, {"seed": 1}) as journal:
        journal.add("full", [Outcome(1, RECIPE)])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(SearchError, match="line 3 is"):
        Journal(path, {"seed": 1})
