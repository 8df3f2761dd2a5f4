"""What a search shows: the live table, the lines elsewhere, the lists, the crown, the report and its plots."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bitloop.cli import live
from bitloop.cli import search as command
from bitloop.errors import SearchError
from bitloop.fan import write_csv
from bitloop.library.file import Library
from bitloop.project import Found, Project, Settings, front
from bitloop.project.searches import Searches, known
from bitloop.search.result import Candidate, Point, Progress, SearchResult
from tests.cli import libraries as ready
from tests.cli.run import Outcome, run

HISTORY = (Point(1.0, 10, 0.5, 0.4), Point(4.0, 90, 0.8, 0.7), Point(9.0, 400, 0.9, 0.85))
AT = Progress(
    evaluations=4210,
    seconds=30.0,
    rate=140.3,
    rate_per_core=70.2,
    score=0.9312,
    quality=0.91,
    interval=(0.93, 0.97),
    family="mfcc+statistics/ridge",
    pipeline="mfcc (bands 13) + statistics > ridge",
    ram=2100,
    flash=9300,
    cycles=51000,
    history=HISTORY,
    families=(("mfcc+statistics/ridge", 0.9312), ("raw/forest", 0.9)),
    rejected=17,
)
LIVE = (
    "4,210 evaluations",
    "17 turned away",
    "70.2 per second and core",
    "0.9312",
    "0.930 to 0.970 (95 %)",
    "mfcc (bands 13) + statistics > ridge",
    "2,100 B of RAM",
    "9,300 B of flash",
    "51,000 cycles",
    "raw, forest",
    "▁",
    "█",
)
METRICS: dict[str, Any] = {
    "balanced_accuracy": 0.9,
    "interval": [0.8, 0.95],
    "accuracy": 0.91,
    "recall": {"quiet": 0.95, "loud": 0.85},
    "per_class": {
        name: {"recall": share, "interval": [share - 0.1, 1.0], "precision": 0.9, "f1": 0.9, "signals": 40}
        for name, share in (("quiet", 0.95), ("loud", 0.85))
    },
    "per_fold": {"balanced_accuracy": {"mean": 0.9, "worst": 0.81, "folds": [0.81, 0.99]}},
    "confusion": [[38, 2], [6, 34]],
    "refused": 0,
    "labels": ["quiet", "loud"],
    "signals": 80,
}


def drawn(at: Progress, kind: str) -> str:
    console = Console(file=io.StringIO(), width=100, record=True)
    console.print(live.status(at, kind))
    return console.export_text()


def test_the_live_table_has_everything_of_the_best() -> None:
    shown = drawn(AT, "classes")
    for words in LIVE:
        assert words in shown
    assert "R² 0.9100 in the worst fold" in drawn(AT, "extrapolation")
    assert "cycles" not in drawn(replace(AT, cycles=0), "classes")
    assert "best" not in drawn(replace(AT, family="", history=()), "classes")


def test_the_sparkline_follows_the_best_over_time() -> None:
    bars = live.sparkline(HISTORY, 17.0, 17)
    assert (bars[0], bars[2], bars[3], bars[8], bars[-1], len(bars)) == ("▁", "▁", "▆", "█", "█", 17)
    assert live.sparkline((), 10.0) == ""
    assert live.sparkline(HISTORY[:1], 10.0, 4) == "████"


def test_without_a_terminal_a_line_comes_now_and_then() -> None:
    console = Console(file=io.StringIO(), width=40)
    with live.live(console, "classes", period=0.0) as tell:
        tell(AT)
        tell(replace(AT, family=""))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("searching, 30 s: 4,210 evaluations (70 per second and core), best 0.9312: balanced")
    assert lines[1] == "searching, 30 s: 4,210 evaluations (70 per second and core)"
    quiet = Console(file=io.StringIO())
    with live.live(quiet, "classes", period=1e9) as tell:
        tell(AT)
        tell(replace(AT, stage="finishing"))
    assert quiet.file.getvalue().count("\n") == 1  # type: ignore[attr-defined]


def test_on_a_terminal_the_table_is_drawn() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with live.live(console, "classes") as tell:
        tell(AT)
    assert "4,210 evaluations" in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "machine", Settings("machine", "classes", ready.AXES, "cortex-m4f", 32, 64))
    for seed, (name, scale) in enumerate((("quiet", 1.0), ("loud", 9.0))):
        write_csv(tmp_path / f"{name}.csv", ready.noise(40, scale, seed))
        made.add(tmp_path / f"{name}.csv", name)
    return made


def result() -> SearchResult:
    """Two candidates: the second is worse and lighter."""
    one = ready.classes_library()
    library = Library(one.pipeline, one.classes, report={"score": 0.9, "metrics": METRICS, "notes": ["a note"]})
    other = Library(one.pipeline, ("quiet", "noisy"), report={"score": 0.8, "metrics": METRICS})
    both = [
        Candidate(library, 0.9, 0.81, "statistics/ridge", "statistics > ridge", METRICS, 100, 5000, 900, 7000),
        Candidate(other, 0.8, 0.7, "statistics/sefr", "statistics > sefr", METRICS, 50, 4000, 800, 5000),
    ]
    return SearchResult(both[0], both, 400, 10.0, 40.0, 60, HISTORY, "time", 2)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the search was asked for; it answers at once."""
    heard: dict[str, Any] = {}

    def find(project: Project, **options: Any) -> SearchResult:
        heard.update(options)
        options["journal"].parent.mkdir(exist_ok=True)
        options["journal"].write_text('{"format": "x"}\n{"index": 1, "rejected": ""}\n{"index": 1, "rejected": ""}\n')
        return result()

    monkeypatch.setattr(command, "find", find)
    return heard


def searched(project: Project, *options: str) -> Outcome:
    outcome = run("search", project.folder, "--jobs", 2, *options, "--json")
    assert outcome.status == 0, outcome.err
    return outcome


def test_the_record_of_a_search_ends_with_what_was_found(project: Project, asked: dict[str, Any]) -> None:
    record = searched(project, "--split", "random", "--cluster", "tcp://x:1").json
    assert (asked["split"], asked["cluster"], asked["seconds"], asked["jobs"]) == ("random", "tcp://x:1", 60.0, 2)
    assert list(record)[-5:] == ["evaluations", "seconds", "evaluations_per_second_per_core", "best", "candidates"]
    assert record["evaluations_per_second_per_core"] == 20.0
    best = record["best"]
    assert best == record["candidates"][0]
    wanted = {"number": 1, "family": "statistics/ridge", "pipeline": "statistics > ridge", "score": 0.9}
    wanted |= {"balanced_accuracy": 0.9, "interval": [0.8, 0.95], "knowledge": 100, "flash": 5000, "ram": 900}
    assert wanted.items() <= best.items() and best["cycles"] == 7000
    assert [row["pareto"] for row in record["candidates"]] == [True, True]
    assert "one-recording" in {hint["code"] for hint in record["hints"]}


def test_a_killed_search_goes_on_and_an_ended_one_when_asked(project: Project, asked: dict[str, Any]) -> None:
    assert searched(project).json["resumed"] == 0
    assert searched(project).json["resumed"] == 0
    again = searched(project, "--resume")
    assert again.json["resumed"] == 1 and "going on after 1 evaluations" in again.err
    assert again.json["evaluations_per_second_per_core"] == pytest.approx(19.95)
    (done,) = (project.folder / "search").glob("*.done.jsonl")
    done.rename(done.with_name(done.name.replace(".done", "")))
    assert searched(project).json["resumed"] == 1
    assert searched(project, "--seed", "2").json["resumed"] == 0
    assert searched(project, "--fresh").json["resumed"] == 0


def test_journals_of_ended_searches_do_not_pile_up_and_one_search_is_at_work(tmp_path: Path) -> None:
    searches = Searches(tmp_path / "search")
    searches.folder.mkdir()
    for key in "abcdef":
        with searches.journal(key, None) as journal:
            journal.path.write_text("{}\n")
            with pytest.raises(SearchError, match="at work already"), searches.journal(key, None):
                pass
    assert len(list(searches.folder.glob("*.done.jsonl"))) == 3
    with pytest.raises(ZeroDivisionError), searches.journal("g", None) as journal:
        journal.path.write_text("{}\n")
        raise ZeroDivisionError
    assert (searches.folder / "g.jsonl").exists()
    (tmp_path / "odd").write_text('{}\n{"index": 1, "rejected": "x"}\n[1]\n{"index": 4, "rejected": ""}\n{"ind')
    assert known(tmp_path / "odd") == 1


def test_any_library_can_be_crowned(project: Project, asked: dict[str, Any], tmp_path: Path) -> None:
    searched(project)
    write_csv(tmp_path / "x.csv", ready.noise(2, 9.0))

    def meant() -> int:
        return int(run("report", project.folder, "--json").json["library"]["number"])

    assert meant() == 1
    assert run("crown", project.folder, 2).out == "library 2 is crowned: statistics > sefr\n"
    assert meant() == 2
    assert "♛" in run("libraries", project.folder).out
    assert run("emulate", project.folder, tmp_path / "x.csv", "--json").json["library"]["number"] == 2
    after = searched(project)
    assert after.json["crowned"] == 2 and meant() == 2
    assert run("crown", project.folder, "--none").out == "no library is crowned; the best score decides\n"
    assert meant() == 1
    assert "no library 9" in run("crown", project.folder, 9).err
    assert run("crown", project.folder).status == run("crown", project.folder, 1, "--none").status == 2


def test_only_the_front_is_listed_unless_all_are_wanted(project: Project) -> None:
    one, two = ready.classes_library(), Library(ready.classes_library().pipeline, ("a", "b"))
    signals = project.fingerprint()
    found = [Found(0, one.id, "good", 0.9, 0.9, 10, 2000, 300, signals, "x > good", 500)]
    found.append(Found(0, two.id, "beaten", 0.8, 0.8, 10, 2000, 400, signals, "x > beaten", 500))
    project.libraries.put(list(zip((one, two), found, strict=True)))
    shown = run("libraries", project.folder).out
    assert "x > good" in shown and "beaten" not in shown.replace("beats", "") and "1 more" in shown
    assert "x > beaten" in run("libraries", project.folder, "--all").out
    assert [row["pareto"] for row in run("libraries", project.folder, "--json").json["libraries"]] == [True, False]


def test_the_front_compares_what_is_known_and_only_the_same_signals() -> None:
    base = Found(1, "a", "f", 0.9, 0.9, 10, 2000, 300, "s", cycles=900)
    worse = replace(base, number=2, score=0.8)
    assert front([base, worse]) == {1}
    assert front([base, replace(worse, signals="other")]) == {1, 2}
    assert front([base, replace(worse, cycles=500)]) == {1, 2}
    assert front([base, replace(worse, cycles=0)]) == {1}
    assert front([base, replace(base, number=2)]) == {1, 2}


def test_of_equal_scores_the_lightest_is_meant(project: Project) -> None:
    libraries = [Library(ready.classes_library().pipeline, ("a", str(n))) for n in range(3)]
    signals = project.fingerprint()
    found = [
        Found(0, lib.id, "f", 0.9, 0.9, 10, flash, 300, signals)
        for lib, flash in zip(libraries, (3, 1, 2), strict=True)
    ]
    project.libraries.put(list(zip(libraries, found, strict=True)))
    assert [f.number for f in project.libraries.ranked(signals)] == [2, 3, 1]


def test_an_index_from_before_there_were_pipelines_is_read(project: Project) -> None:
    library = ready.classes_library()
    project.libraries.put([(library, Found(0, library.id, "f", 0.9, 0.9, 10, 2000, 300, "s"))])
    index = project.libraries.folder / "index.toml"
    new = ("pipeline", "cycles", "accuracy", "low", "high")
    kept = [line for line in index.read_text().splitlines() if not line.startswith(new)]
    index.write_text("\n".join(kept) + "\n")
    assert project.libraries.get(1).pipeline == ""


def test_the_report_says_and_draws_what_cross_validation_gave(
    project: Project, asked: dict[str, Any], tmp_path: Path
) -> None:
    searched(project)
    shown = run("report", project.folder)
    assert shown.status == 0, shown.err
    for words in ("library 1:", "a note", "balanced accuracy", "0.8000 to 0.9500", "0.8100", "quiet", "34"):
        assert words in shown.out
    plots = tmp_path / "plots"
    outcome = run("report", project.folder, 2, "-o", plots, "--json")
    assert outcome.status == 0, outcome.err
    names = {Path(path).name for path in outcome.json["plots"]}
    assert names == {
        f"{name}.{form}" for name in ("history", "confusion", "recall", "pareto") for form in ("png", "svg")
    }
    refused = run("report", project.folder, "-o", plots)
    assert (refused.status, "--force" in refused.err) == (1, True)
    file = project.libraries.path(1)
    assert "history" not in " ".join(run("report", file, "-o", tmp_path / "file", "--json").json["plots"])


def test_the_report_of_an_outlier_library_has_its_radius_and_calls_simulated_faults_so(tmp_path: Path) -> None:
    told = {"score": 0.9, "simulated_faults": True, "metrics": {**METRICS, "labels": ["regular", "abnormal"]}}
    told["metrics"]["per_class"] = dict(zip(("regular", "abnormal"), METRICS["per_class"].values(), strict=True))
    replace(ready.outlier_library(), report=told).save(tmp_path / "outlier.json")
    assert run("report", tmp_path / "outlier.json", "--json").json["radius"] == [20.0, 20.0]
    shown = run("report", tmp_path / "outlier.json").out
    assert "radius: 20, in" in shown and "simulated fault" in shown and "abnormal" not in shown


def test_a_library_without_a_report_says_so(tmp_path: Path) -> None:
    ready.outlier_library().save(tmp_path / "bare.json")
    assert "has no report" in run("report", tmp_path / "bare.json").err


def test_a_recording_is_removed_and_comes_back(project: Project, tmp_path: Path) -> None:
    before = project.fingerprint()
    outcome = run("remove", project.folder, "loud.csv", "--json")
    assert outcome.status == 0, outcome.err
    assert [entry.file for entry in project.entries()] == ["quiet.csv"]
    assert (tmp_path / "loud.csv").exists() and not (project.signals / "loud.csv").exists()
    assert project.fingerprint() != before
    assert run(*outcome.json["undo"].split()[1:]).status == 0
    assert project.fingerprint() == before
    twice = run("remove", project.folder, "loud.csv", "--json").json
    assert Path(twice["kept"]).name == "loud-2.csv"
    assert run(*twice["undo"].split()[1:]).status == 0
    assert project.fingerprint() == before
    refused = run("remove", project.folder, "silent.csv")
    assert (refused.status, "there are: quiet.csv, loud.csv" in refused.err) == (1, True)


def test_a_damaged_course_of_the_search_is_named(project: Project, asked: dict[str, Any], tmp_path: Path) -> None:
    searched(project)
    path = project.libraries.folder / "search.json"
    assert json.loads(path.read_text())["libraries"] == [1, 2]
    path.write_text("{")
    assert "is damaged" in run("report", project.folder, "-o", tmp_path / "plots").err
