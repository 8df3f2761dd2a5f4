"""The same file of tests on every bench: with real images, real emulators and a project of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitloop.fan import AXES, Fan, record, write_csv
from bitloop.kernels.base import Features, LearningModel
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.running_gaussian import RunningGaussian
from bitloop.kernels.scale import Scale
from bitloop.kernels.statistics import Statistics
from bitloop.library.file import Library
from bitloop.project import Project
from bitloop.project.settings import Settings
from bitloop.project.shelf import Found
from tests.hil.needs import need_qemu

pytest_plugins = ["pytester"]

LEARNING, SAMPLES = 12, 32
TESTS = """\
def test_my_library(prove, library, measure):
    proof = prove(library, count=40)
    assert proof.signals == 12 + 10 + 10  # of the project: learned, then regular and abnormal ones to judge
    measure("detect", proof.detect, max=30_000, unit="cycles")


def test_what_the_board_says(link, library):
    assert link.greeting.library_id == library.id
    assert link.init().status == 0
"""


def signals(specimen: Fan, condition: str) -> Features:
    """The first samples of each recorded signal."""
    return record(specimen, condition, 30, 1)[:, : SAMPLES * AXES]


@pytest.fixture
def fan(pytester: pytest.Pytester) -> Path:
    """A project with recordings of a fan and one library, and tests beside it."""
    folder, specimen = pytester.path / "fan", Fan.specimen(1)
    project = Project.create(folder, Settings("fan", "anomaly", AXES, "generic-cortex-m4f", 32, 64))
    for label, condition in (("regular", "healthy"), ("abnormal", "clogged")):
        write_csv(pytester.path / f"{condition}.csv", signals(specimen, condition))
        project.add(pytester.path / f"{condition}.csv", label)
    healthy = signals(specimen, "healthy")
    branch = (Statistics(("rms", "peak_to_peak", "kurtosis")),)
    bare = Preprocessing(AXES, SAMPLES, (branch,))
    whole = Preprocessing(AXES, bare.length, (branch,), (Scale.zscore(bare(healthy)[:, :, None]),))
    model: LearningModel = RunningGaussian(whole.features, 3.0, 1e-3)
    library = Library(Pipeline(whole, model), learning=LEARNING)
    found = Found(0, library.id, "running gaussian", 90.0, 0.9, 100, 3000, 1000, project.fingerprint())
    project.libraries.put([(library, found)])
    pytester.makepyfile(TESTS)
    pytester.makeini("[pytest]\nbitloop_library = fan")
    return folder


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "bitloop_hil.pytest_plugin", "-v", "-rs", *arguments)


@pytest.mark.parametrize("board", ["generic-cortex-m4f", "generic-cortex-m0plus"])
def test_virtual(pytester: pytest.Pytester, fan: Path, board: str) -> None:
    result = run(pytester, "--bl-bench", "virtual", "--bl-board", board)
    if board == "generic-cortex-m4f":
        result.assert_outcomes(passed=2)
    else:  # without an FPU it takes longer than the limit allows, which is a fault of timing and of nothing else
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*TimingError: 1 of 1 measurements break their limits: detect: *"])


def test_qemu(pytester: pytest.Pytester, fan: Path) -> None:
    need_qemu()
    result = run(pytester, "--bl-bench", "qemu")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["detect * instructions max 30000 * NOT JUDGED *"])


def test_hardware_collects_and_skips_with_the_reason_where_nothing_is_attached(
    pytester: pytest.Pytester, fan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bitloop_hil.discovery.look", list)
    result = run(pytester, "--bl-bench", "hardware")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["SKIPPED * no board that is known is attached, and no rig file names one"])


def test_a_rig_mixes_benches(pytester: pytest.Pytester, fan: Path) -> None:
    need_qemu()
    pytester.makefile(
        ".toml",
        rig="[places.one]\nboard='generic-cortex-m4f'\nbench='virtual'\n[places.two]\nboard='mps2-an386'\nbench='qemu'",
    )
    result = run(pytester, "--bl-rig", "rig.toml", "--bl-report", "report.html")
    result.assert_outcomes(passed=4)
    assert (pytester.path / "report.html").read_text().count('<section class="test"') == 4
