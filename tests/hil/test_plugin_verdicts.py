"""What a failure is called, what may be repeated, and what becomes of the tests after it."""

from __future__ import annotations

import pytest

from bitloop.errors import BootError, BuildError, FlashError, LinkError, ProbeError, VerifyError
from tests.hil.fakes import Faults, flip_output
from tests.hil.plugin_bench import PARITY, FakeBench, Inner, inner

__all__ = ["inner"]
pytest_plugins = ["pytester"]

THREE = "\n".join(PARITY.replace("test_parity", f"test_{name}") for name in ("first", "second", "third"))


def always(**raises: Exception) -> FakeBench:
    """A bench whose boards fail each time."""
    return FakeBench(lambda place, number: Faults(raises=raises))


def once(**raises: Exception) -> FakeBench:
    """A bench whose boards fail until they are opened again."""
    return FakeBench(lambda place, number: Faults(raises={} if number else raises))


def wrong() -> FakeBench:
    return FakeBench(lambda place, number: Faults(reply=flip_output("detect", 3)))


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [
        ("flash", FlashError("full"), "FLASH"),
        ("flash", VerifyError("read back wrong"), "VERIFY"),
        ("greet", BootError("mute"), "BOOT"),
        ("detect", LinkError("cut"), "LINK"),
        ("reset", ProbeError("gone"), "PROBE"),
    ],
)
def test_infrastructure_that_fails_is_broken_by_its_class(
    pytester: pytest.Pytester, inner: Inner, call: str, error: Exception, name: str
) -> None:
    pytester.makepyfile(PARITY)
    result = inner("-v", bench=always(**{call: error}))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [f"*BROKEN ({name})*", f"E *{type(error).__name__}: {error}", f"*broke in *{name}: *"]
    )


def test_after_one_broken_board_the_rest_is_skipped_with_the_cause(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(THREE)
    bench = always(greet=BootError("the firmware did not greet"))
    result = inner("-rs", bench=bench)
    result.assert_outcomes(failed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["SKIPPED * is broken since BOOT: the firmware did not greet; and its check-up: BOOT: * (in *::test_first*"]
    )
    assert len(bench.opened) == 2  # once for the test, once for the check-up


def test_a_board_that_stands_its_check_up_goes_on(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(THREE)
    bench = once(detect=LinkError("the firmware hung"))
    inner(bench=bench).assert_outcomes(failed=1, passed=2)
    assert len(bench.opened) == 2


def test_a_board_that_cannot_be_opened_is_not_tried_again(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(THREE)
    bench = always(open=ProbeError("no probe"))
    result = inner("-rs", bench=bench)
    result.assert_outcomes(errors=1, skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED * is broken since PROBE: no probe (in *test_first*"])
    assert len(bench.opened) == 1


def test_the_next_place_takes_over(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(THREE)
    pytester.makefile(".toml", rig="".join(f"[places.{n}]\nboard='mps2-an386'\nbench='qemu'\n" for n in ("a", "b")))
    bench = FakeBench(lambda place, number: Faults(raises={"flash": FlashError("worn")} if place == "a" else {}))
    inner("--bl-rig", "rig.toml", bench=bench).assert_outcomes(failed=1, passed=2)
    assert bench.opened == ["a", "a", "b"]


def test_a_board_held_by_somebody_else_is_a_broken_lock(
    pytester: pytest.Pytester, inner: Inner, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bitloop_hil.locks import BoardLock

    pytester.makepyfile(THREE)
    pytester.makefile(
        ".toml", rig="[places.desk]\nboard='nucleo-l432kc'\nbench='hardware'\nprobe='0123'\nport='/dev/ttyX'"
    )
    with BoardLock("0123", "soldering"):
        result = inner("-v", "-rs", "--bl-rig", "rig.toml", "--bl-lock-seconds", "0")
    result.assert_outcomes(errors=1, skipped=2)
    result.stdout.fnmatch_lines(["*BROKEN (LOCK)*", "SKIPPED *soldering*"])
    inner("--bl-rig", "rig.toml").assert_outcomes(passed=3)


def test_a_wrong_bit_fails_and_says_where(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    result = inner("-v", bench=wrong())
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*test_parity* FAILED*", "*ParityError: * differ: detect of signal 3 differs *"])
    result.stdout.no_fnmatch_line("*bitloop_hil/prove.py*")  # one sentence, and the line of the test


def test_a_proof_that_is_not_looked_at_fails_all_the_same(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("def test_parity(prove): prove('lib.json')")
    inner(bench=wrong()).assert_outcomes(failed=1)


def test_a_test_may_judge_a_proof_itself(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("def test_parity(prove): assert prove('lib.json', check=False).failure == 'PARITY'")
    inner(bench=wrong()).assert_outcomes(passed=1)
    result = inner(bench=once(detect=LinkError("cut")))  # its assertion fails, for a reason that is the bench's
    result.stdout.fnmatch_lines(["*LinkError: cut"])


def test_what_broke_is_repeated_as_often_as_asked(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY, test_link="def test_echo(link, library): assert link.greet is not None")
    bench = once(flash=FlashError("worn"))
    result = inner("--bl-retries", "1", "--bl-library", "lib.json", bench=bench)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["repeated in *: FLASH: worn"])
    assert len(bench.opened) == 2


def test_what_is_wrong_is_never_repeated(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(PARITY)
    bench = wrong()
    inner("--bl-retries", "3", bench=bench).assert_outcomes(failed=1)
    assert len(bench.opened) == 1


RERUN = """\
import pytest
from bitloop.errors import *
attempts = []
def test_it(board, measure):
    attempts.append(1)
    if len(attempts) == 1:
        {failure}
"""


@pytest.mark.parametrize(
    ("failure", "repeated"),
    [
        ("raise LinkError('cut')", True),
        ("raise VerifyError('flipped')", True),
        ("raise BuildError('refused')", False),
        ("raise ParityError('differs')", False),
        ("raise TimingError('late')", False),
        ("measure('detect', 5, max=4)", False),
        ("assert 'a verdict' == 'another'", False),
        ("raise ParityError('differs') from LinkError('cut')", False),
    ],
)
def test_rerunfailures_repeats_infrastructure_alone(
    pytester: pytest.Pytester, inner: Inner, failure: str, repeated: bool
) -> None:
    pytester.makepyfile(RERUN.format(failure=failure))
    bench = FakeBench()
    result = inner("--reruns", "2", bench=bench)
    outcomes = result.parseoutcomes()
    assert outcomes == ({"passed": 1, "rerun": 1} if repeated else {"failed": 1})
    assert len(bench.opened) == 1 + repeated  # repeated on a board that stood its check-up


def test_rerunfailures_repeats_other_tests_as_ever(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("attempts = []\ndef test_it():\n    attempts.append(1)\n    assert len(attempts) > 1")
    assert inner("--reruns", "2").parseoutcomes() == {"passed": 1, "rerun": 1}


def test_a_board_that_stays_broken_does_not_become_a_skip_by_being_repeated(
    pytester: pytest.Pytester, inner: Inner
) -> None:
    pytester.makepyfile(THREE)
    result = inner("--reruns", "2", bench=always(greet=BootError("mute")))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    outcomes = result.parseoutcomes()
    assert outcomes["skipped"] == 2 and outcomes.get("failed", 0) + outcomes.get("errors", 0) == 1


def test_an_error_of_the_compiler_breaks_no_board(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile(THREE)
    bench = always(init=BuildError("refused"))
    inner(bench=bench).assert_outcomes(failed=3)
    assert len(bench.opened) == 1


def test_an_error_shows_the_line_of_the_test_and_not_the_way_inside(pytester: pytest.Pytester, inner: Inner) -> None:
    pytester.makepyfile("def test_parity(prove):\n    prove('nowhere.json')")
    result = inner()
    result.stdout.fnmatch_lines([">       prove('nowhere.json')", "E       *LibraryError: nowhere.json is neither *"])
    result.stdout.no_fnmatch_line("*subjects.py*")
    inner("--full-trace").stdout.fnmatch_lines(["*subjects.py*"])
