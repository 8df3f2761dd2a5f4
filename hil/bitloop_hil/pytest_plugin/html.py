"""The report: one HTML file that needs nothing else, for a browser, a mail or an archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from bitloop.files import write_text
from bitloop_hil.pytest_plugin import plots
from bitloop_hil.pytest_plugin.measuring import number
from bitloop_hil.pytest_plugin.results import BROKEN, FAILED, OUTCOMES, PASSED, SKIPPED, Result, by_kind, count

_TEMPLATE = Path(__file__).with_name("report.html.j2")


def write(path: Path, results: Sequence[Result], properties: Mapping[str, str]) -> None:
    """Write the report of a run; `properties` are facts about it."""
    write_text(path, render(results, properties, datetime.now(UTC)))


def render(results: Sequence[Result], properties: Mapping[str, str], at: datetime) -> str:
    """The whole page."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["number"] = number
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        verdict=_verdict(count(results)),
        counts=count(results),
        outcomes=OUTCOMES,
        boards={kind: (count(found), sum(r.seconds for r in found)) for kind, found in by_kind(results).items()},
        properties={name.rpartition(".")[2]: value for name, value in properties.items()},
        at=at.isoformat(timespec="seconds"),
        tests=[_test(number, result) for number, result in enumerate(results)],
    )


def _verdict(counts: Mapping[str, int]) -> str:
    """Of the whole run. Tests that were skipped prove nothing, so a run of nothing else has not passed."""
    worst = next((outcome for outcome in (FAILED, BROKEN, PASSED, SKIPPED) if counts[outcome]), "no test")
    return {FAILED: "FAIL", BROKEN: "BROKEN", PASSED: "PASS"}.get(worst, "NOTHING TESTED")


def _test(number: int, result: Result) -> dict[str, Any]:
    record = result.record
    return {
        "anchor": f"test-{number}",
        "result": result,
        "record": record,
        "measurements": [{**m, "bar": plots.limit_bar(m)} for m in record["measurements"]],
        "proofs": [_proof(proof) for proof in record["proofs"]],
    }


def _proof(proof: Mapping[str, Any]) -> dict[str, Any]:
    series, unit = proof["series"], proof["cycles"]["unit"]
    drawn = []
    if series:
        calls = [plots.ticks(call, series[f"{call}_ticks"], unit) for call in ("learn", "detect")]
        drawn = [plots.scores(series), *calls]
    first = proof["first_difference"]
    return {"proof": proof, "plots": drawn, "difference": plots.bits(first) if first else None}
