"""The HTML report: complete, self-contained, and true to what happened."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bitloop.errors import LinkError
from bitloop_hil.pytest_plugin import plots
from tests.hil.fakes import Faults, flip_output
from tests.hil.plugin_bench import PARITY, FakeBench, Inner, inner
from tests.library.examples import library

__all__ = ["inner"]
pytest_plugins = ["pytester"]

VOID = {"meta", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """A strict reader: every element that opens closes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.links += [str(value) for key, value in attrs if key in ("href", "src", "xlink:href", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def count(self, tag: str, kind: str) -> int:
        return sum(name == tag and kind in str(attrs.get("class")).split() for name, attrs in self.elements)


def report(path: Path) -> Page:
    return Page((path / "report.html").read_text(encoding="utf-8"))


def test_a_good_run(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(
        PARITY + "\ndef test_time(prove, measure): measure('detect', prove('lib.json').detect, max=200)"
    )
    inner("--bl-report", "report.html").assert_outcomes(passed=2)
    page = report(pytester.path)
    assert page.text.startswith("bitloop: PASS PASS 2 passed 20")
    assert "0 differing" in page.text and library("outlier-raw").id in page.text
    assert page.count("circle", "right") == 2 * 2 * 200 and page.count("circle", "wrong") == 0
    assert page.count("svg", "bar") == 1


def test_it_needs_nothing_else(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    inner("--bl-report", "report.html")
    text = (pytester.path / "report.html").read_text(encoding="utf-8")
    assert all(link.startswith("#") for link in Page(text).links)
    assert not re.search(r"https?:|@import|url\(|<script", text)


def test_a_difference_is_drawn(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    inner("--bl-report", "report.html", bench=FakeBench(lambda *at: Faults(reply=flip_output("detect", 7))))
    page = report(pytester.path)
    assert page.text.startswith("bitloop: FAIL FAIL 1 failed")
    assert "PARITY: 1 of 600 values differ: detect of signal 7 differs first" in page.text
    assert page.count("line", "wrong") == 1 and page.count("circle", "wrong") == 2
    assert page.count("rect", "wrong") == 2  # one bit, in both words


def test_what_broke_and_what_was_skipped_is_told_with_the_reason(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY + "\ndef test_other(prove): prove('lib.json')")
    inner("--bl-report", "report.html", bench=FakeBench(lambda *at: Faults(raises={"greet": LinkError("c<u>t")})))
    page = report(pytester.path)
    assert page.text.startswith("bitloop: BROKEN BROKEN 1 broken , 1 skipped") or "1 broken, 1 skipped" in page.text
    assert "LINK: c<u>t" in page.text and "is broken since LINK" in page.text


@pytest.mark.parametrize("name", ["anomaly-both", "classes-both", "extrapolation-raw"])
def test_every_kind_of_library_has_its_plot(pytester: pytest.Pytester, inner: Inner, name: str) -> None:
    library(name).save(pytester.path / "lib.json")
    pytester.makepyfile(PARITY)
    inner("--bl-report", "report.html").assert_outcomes(passed=1)
    score = {"anomaly": "similarity", "classes": "class", "extrapolation": "value"}[name.partition("-")[0]]
    assert f"{score} of each signal" in report(pytester.path).text


def test_names_are_no_markup(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.parametrize("x", ["<b>&"])
        def test_it(measure, x): measure("<script>alert(1)</script>", 1, unit="<i>")
        """
    )
    inner("--bl-report", "report.html").assert_outcomes(passed=1)
    page = report(pytester.path)
    assert "<script>alert(1)</script>" in page.text and "<b>&" in page.text
    assert all(tag not in ("script", "b", "i") for tag, _ in page.elements)


def test_a_run_in_which_everything_was_skipped_has_not_passed(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    inner("--bl-report", "report.html", bench=FakeBench(missing={"b-l475e-iot01a": "gone"}))
    assert "NOTHING TESTED" in report(pytester.path).text and "gone" in report(pytester.path).text


def test_a_run_without_boards_still_writes_the_report_that_was_asked_for(
    pytester: pytest.Pytester, inner: Inner
) -> None:
    pytester.makepyfile("def test_plain(): pass")
    inner("--bl-report", "report.html").assert_outcomes(passed=1)
    assert "NOTHING TESTED" in report(pytester.path).text


@pytest.mark.parametrize("values", [[5], [5, 5, 5], [0, 0], [1, 2, 10**12], [-3, 4]])
def test_plots_stay_within_their_area(values: list[int]) -> None:
    page = Page(plots.ticks("detect", values, "cycles"))
    circles = [attrs for tag, attrs in page.elements if tag == "circle"]
    assert len(circles) == len(values)
    assert all(76 <= float(str(c["cx"])) <= 632 and 22 <= float(str(c["cy"])) <= 128 for c in circles)


def test_a_series_of_refusals_alone_can_be_drawn() -> None:
    series = {"score": "ratio", "expected": [None, None], "got": [None, None], "differing": [1]}
    page = Page(plots.scores(series))
    assert page.count("line", "wrong") == 1 and not any(tag == "circle" for tag, _ in page.elements)


def test_the_bits_of_a_word_are_drawn_from_the_sign_on() -> None:
    page = Page(plots.bits({"expected_hex": "0x80000001", "got_hex": "0x80000003"}))
    kinds = [attrs["class"] for tag, attrs in page.elements if tag == "rect"]
    assert kinds[0] == "bit one" and kinds[1] == "bit zero"
    assert [i for i, kind in enumerate(kinds[:32]) if kind == "bit wrong"] == [30]
