"""Which boards a test runs on, and what happens where there is none."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from tests.hil.plugin_bench import PARITY, FakeBench, Inner, inner

__all__ = ["inner"]
pytest_plugins = ["pytester"]

RIG = """\
[places.left]
board = "generic-cortex-m4f"
bench = "virtual"
[places.right]
board = "generic-cortex-m4f"
bench = "virtual"
[places.emulated]
board = "mps2-an386"
bench = "qemu"
"""


def names(result: pytest.RunResult, outcome: str = "PASSED") -> list[str]:
    return [line.split()[0].partition("::")[2] for line in result.outlines if f" {outcome}" in line and "::" in line]


def test_a_bench_alone_is_enough(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    assert names(inner("-v")) == ["test_parity[virtual:b-l475e-iot01a]"]
    assert names(inner("-v", "--bl-bench", "qemu")) == ["test_parity[qemu:mps2-an386]"]


def test_every_board_that_is_named_runs_every_test(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY, test_more=PARITY)
    bench = FakeBench()
    result = inner("-v", "--bl-board", "generic-cortex-m4f", "--bl-board", "generic-cortex-m3", bench=bench)
    assert [name.partition("[")[2] for name in names(result)] == [
        *["virtual:generic-cortex-m4f]"] * 2,
        *["virtual:generic-cortex-m3]"] * 2,
    ]
    assert bench.opened == ["generic-cortex-m4f", "generic-cortex-m3"]  # one after the other, each once


def test_places_of_a_rig_with_the_same_board_are_one_kind(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    pytester.makefile(".toml", rig=RIG)
    bench = FakeBench(missing={"left": "somebody took it home"})
    result = inner("-v", "--bl-rig", "rig.toml", bench=bench)
    assert names(result) == ["test_parity[virtual:generic-cortex-m4f]", "test_parity[qemu:mps2-an386]"]
    assert bench.opened == ["right", "emulated"]
    result.stdout.fnmatch_lines(["bitloop: virtual:generic-cortex-m4f (2 places), qemu:mps2-an386 (1 place), rig *"])


@pytest.mark.parametrize("arguments", [("--bl-bench", "qemu"), ("--bl-board", "emulated")])
def test_bench_and_board_choose_from_a_rig(
    pytester: pytest.Pytester, inner: Inner, arguments: tuple[str, str]
) -> None:
    pytester.makepyfile(PARITY)
    pytester.makefile(".toml", rig=RIG)
    assert names(inner("-v", "--bl-rig", "rig.toml", *arguments)) == ["test_parity[qemu:mps2-an386]"]


def test_the_rig_may_come_from_the_environment_or_the_ini_file(
    pytester: pytest.Pytester, inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(PARITY)
    pytester.makefile(".toml", rig=RIG, other=RIG.replace("mps2-an386", "mps2-an500"))
    pytester.makeini("[pytest]\nbitloop_rig = other.toml\nbitloop_bench = qemu")
    assert names(inner("-v")) == ["test_parity[qemu:mps2-an500]"]
    monkeypatch.setenv("BITLOOP_RIG", "rig.toml")
    assert names(inner("-v")) == ["test_parity[qemu:mps2-an386]"]
    assert names(inner("-v", "--bl-rig", "other.toml")) == ["test_parity[qemu:mps2-an500]"]


def test_a_board_that_is_missing_skips_with_the_reason(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    result = inner("-rs", bench=FakeBench(missing={"b-l475e-iot01a": "it is not plugged in"}))
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * it is not plugged in"])


def test_a_rig_file_that_is_missing_skips_with_the_reason(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY, test_rig="def test_places(rig): pass")
    result = inner("-rs", "--bl-rig", "nowhere.toml")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED * the rig file *nowhere.toml does not exist"])


def test_where_boards_are_required_a_missing_one_is_broken(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    result = inner("--bl-require", bench=FakeBench(missing={"b-l475e-iot01a": "it is not plugged in"}))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ProbeError: it is not plugged in (and --bl-require*"])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--bl-board", "nucleo-z999"), "*no board is called 'nucleo-z999'; choose one of *"),
        (("--bl-rig", "bad.toml"), "*bad.toml*places.left*unknown*"),
        (("--bl-rig", "rig.toml", "--bl-board", "middle"), "*has no such place or board*"),
        (("--bl-lock-seconds", "soon"), "*--bl-lock-seconds 'soon' has to be a number*"),
        (("--bl-retries", "1.5"), "*--bl-retries '1.5' has to be a number*"),
    ],
)
def test_mistakes_are_the_users_and_say_so(
    pytester: pytest.Pytester, inner: Inner, arguments: tuple[str, ...], text: str
) -> None:
    pytester.makepyfile(PARITY)
    pytester.makefile(".toml", rig=RIG, bad=RIG.replace("board =", "bord =", 1))
    result = inner(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR or result.ret == pytest.ExitCode.INTERRUPTED
    assert any(fnmatch(line, text) for line in [*result.outlines, *result.errlines])


def test_a_marker_keeps_a_test_to_its_boards(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.bl_board('generic-cortex-m7')\n" + PARITY)
    assert names(inner("-v")) == ["test_parity[virtual:generic-cortex-m7]"]  # the user did not choose
    both = ("--bl-board", "generic-cortex-m7", "--bl-board", "generic-cortex-m3")
    assert names(inner("-v", *both)) == ["test_parity[virtual:generic-cortex-m7]"]
    result = inner("-rs", "--bl-board", "generic-cortex-m3")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * the test is for generic-cortex-m7, and the boards chosen are others"])


def test_a_missing_feature_skips_with_the_reason_of_the_bench(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.bl_feature('silicon')\n" + PARITY)
    bench = FakeBench()
    result = inner("-rs", bench=bench)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *lacks 'silicon': the virtual bench models the chip"])
    assert bench.opened == []


def test_markers_are_registered(pytester: pytest.Pytester, inner: Inner) -> None:
    result = inner("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.bl_board*", "@pytest.mark.bl_feature*", "@pytest.mark.bl_library*"])


def test_a_project_without_boards_hears_nothing(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("def test_plain(): pass")
    result = inner()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*bitloop: *")
