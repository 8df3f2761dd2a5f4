"""bitloop filter, and a filtered project from its first signal to the proof on a board."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.fan import Fan, record, write_csv
from bitloop.kernels.record import to_record
from bitloop.project import Project
from bitloop.search import finish
from tests.cli.run import run


def _project(folder: Path, *options: object, axes: int = 3, kind: str = "classes") -> Path:
    outcome = run("new", folder / "fan", "--kind", kind, "--axes", axes, *options)
    assert outcome.status == 0, outcome.err
    return folder / "fan"


def test_a_filter_is_shown_set_changed_and_taken_away(tmp_path: Path) -> None:
    project = _project(tmp_path)
    assert run("filter", project).out == "no filter\n"
    assert "rate_hz" not in (project / "bitloop.toml").read_text()
    without = run("filter", project, "--high-pass", 20)
    assert (without.status, "a filter needs the sampling rate; say --rate HZ" in without.err) == (1, True)
    assert run("filter", project, "--rate", 1666, "--high-pass", 20).out == (
        "filter: above 20 Hz (rate 1666 Hz, Butterworth, order 2)\n"
    )
    both = run("filter", project, "--low-pass", 400, "--filter-order", 3, "--json").json
    assert both == {"filter": {"rate_hz": 1666.0, "high_pass": 20.0, "low_pass": 400.0, "order": 3}, "on": True}
    assert run("filter", project, "--high-pass", 0).out.startswith("filter: below 400 Hz")
    assert run("filter", project, "--off", "--low-pass", 3).status == 1
    assert run("filter", project, "--off").out == run("filter", project).out == "no filter\n"
    assert Project.load(project).settings.band.rate_hz == 1666.0


def test_libraries_know_which_filter_they_came_from(tmp_path: Path) -> None:
    project = _project(tmp_path, "--rate", 1666)
    write_csv(tmp_path / "a.csv", record(Fan(), "healthy", 5, 1))
    run("add", project, tmp_path / "a.csv", "--as", "a")
    prints = []
    for options in ((), ("--high-pass", 20), ("--high-pass", 20.000001), ("--off",)):
        run("filter", project, *options)
        prints.append(Project.load(project).fingerprint())
    assert prints[0] == prints[3]
    assert len(set(prints)) == 3


def test_a_damaged_filter_is_refused_with_its_file(tmp_path: Path) -> None:
    project = _project(tmp_path, "--rate", 1666, "--low-pass", 400)
    path = project / "bitloop.toml"
    text = path.read_text()
    for wrong, sentence in {
        "low_pass = 900.0": "a low pass at 900 Hz cannot be had at 1666 Hz; choose 8.33 to 831.334 Hz",
        'low_pass = "much"': "the field 'low_pass' has to be a number",
        "low_pass = nan": "are numbers of Hz",
    }.items():
        path.write_text(text.replace("low_pass = 400.0", wrong))
        outcome = run("check", project)
        assert (outcome.status, sentence in outcome.err, "bitloop.toml" in outcome.err) == (1, True, True)
    states = run(
        "new", tmp_path / "s", "--kind", "anomaly", "--axes", 3, "--multi-sensor", "--rate", 9, "--low-pass", 2
    )
    assert (states.status, "cannot be filtered" in states.err) == (1, True)


def test_a_filtered_project_is_searched_emulated_and_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish, "FINALISTS", 1)
    project = _project(tmp_path, "--rate", 1666, "--high-pass", 50, "--low-pass", 600, kind="anomaly")
    for condition, label in (("healthy", "regular"), ("clogged", "abnormal")):
        write_csv(tmp_path / f"{condition}.csv", record(Fan(), condition, 60, 1))
        run("add", project, tmp_path / f"{condition}.csv", "--as", label)
    words = "filter: every library keeps 50 to 600 Hz (rate 1666 Hz, Butterworth, order 2)\n"
    assert run("check", project).out.startswith(words)
    found = run("search", project, "--evaluations", 40, "--jobs", 1, "--json")
    assert words in found.err
    assert found.json["filter"] == "50 to 600 Hz (rate 1666 Hz, Butterworth, order 2)"
    best = found.json["best"]
    assert best["pipeline"].startswith("filter > ")
    loaded = Project.load(project)
    library = loaded.libraries.load(loaded.libraries.get(best["number"]))
    (inside,), (meant,) = library.pipeline.preprocessing.before, loaded.settings.band.stages()
    assert to_record(inside) == to_record(meant)
    proof = run("prove", project, "--board", "B-L475E-IOT01A", "--bench", "virtual", "--signals", 12, "--json")
    assert (proof.status, proof.json["verdict"], proof.json["differing"]) == (0, "PASS", 0)
    assert proof.json["cycles"]["detect"]["median"] == pytest.approx(best["cycles"], rel=0.25)
