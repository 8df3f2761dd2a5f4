"""The first half of the full demonstration: from a sensor on a virtual board to a project with signals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitloop.cli.finale import BOARD, MAX_FLASH, MAX_RAM, TARGET
from bitloop.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bitloop.cli.steps import Note, Steps
    from bitloop.cli.story import Story
    from bitloop.cli.tape import Tape
    from bitloop.project import Project
    from bitloop.sampling import Result
    from bitloop_hil.datalogger.plan import Plan

SENSOR, RATE, RANGE = "LSM6DSL", 416.0, 4
SAMPLES = 6000
"""Samples of a log: 14 seconds."""
_DIVISIONS = (1, 2, 4, 8, 16, 32)
_SIGNALS, _LEARNED = 50, 100
"""Signals of a log at least, and of a half that is learned from; where there is no room for them, they overlap."""


@dataclass(frozen=True, slots=True)
class Full:
    """Leaves everything in `folder`: `logger/`, `logs/`, `sampling/`, `signals/`, `unseen/` and the project."""

    folder: Path
    force: bool
    steps: Steps

    def run(self) -> tuple[Project, Story, dict[str, Any]]:
        """Every step in order: the project, what is to be judged in the end, and the record of what came out."""
        with self.steps.step(f"generating the datalogger for {SENSOR} of {BOARD}") as note:
            plan, image = self._generate()
            measured = plan.source.measured
            note(f"{plan.source.hz} Hz nominal, +/- {measured.limit} {measured.unit}, {plan.baud} baud")
        known, unseen, flashed = self._record(plan, image)
        with self.steps.step("finding the sampling") as note:
            found = self._sampling(known, note)
        with self.steps.step("cutting signals and making the project") as note:
            project = self._project(known, found)
            told = self._story(unseen, found)
            report = _check(project)
            note(f"{report['signals']} signals, checked: {len(report['warnings'])} warnings")
        from bitloop.cli.datalogger import to_record

        tapes = (*known, *unseen)
        counted = {
            "samples": sum(tape.samples for tape in tapes),
            "wrong": sum(tape.wrong for tape in tapes),
            "lost": sum(tape.lost for tape in tapes),
        }
        record = {
            "datalogger": {**to_record(plan), "flash": flashed},
            "recorded": counted,
            "logs": [tape.to_record() for tape in tapes],
            "sampling": _sampled(found),
            "check": report,
        }
        return project, told, record

    def _generate(self) -> tuple[Plan, Path]:
        from bitloop_hil.datalogger import make
        from bitloop_hil.datalogger.plan import Wish, plan

        made = plan(Wish(BOARD, SENSOR, RATE, range=RANGE, binary=True, continuous=True))
        image = make.build(made)
        make.write(made, self.folder / "logger", image, self.force)
        return made, image.path

    def _record(self, plan: Plan, image: Path) -> tuple[list[Tape], list[Tape], dict[str, Any]]:
        """Logs of the blower to search with and of the unseen one, and how the image was flashed."""
        from bitloop.cli.blower import KNOWN, STATES, UNSEEN
        from bitloop.cli.tape import DEVIATION, tape, true_rate
        from bitloop_hil.benches.virtual import VirtualBoard

        tapes: dict[int, list[Tape]] = {KNOWN: [], UNSEEN: []}
        with VirtualBoard(plan.board) as board:
            with self.steps.step("flashing it through pyOCD") as note:
                done = board.flash(image)
                if done is None:
                    raise AssertionError(f"{BOARD} has a probe")
                note(f"{done.verified:,} bytes read back and equal")
            board.detune(SENSOR, DEVIATION)
            for machine, state in ((machine, state) for machine in tapes for state in STATES):
                with self.steps.step(f"recording blower {machine}, {state.name}") as note:
                    motion = state.motion(machine, SAMPLES * 3 // 2, true_rate(plan))
                    to = self._log(f"{state.name}-{machine}"), state.label
                    tapes[machine].append(made := tape(board, plan, motion, SAMPLES, to, note))
                    note(made.words())
        return tapes[KNOWN], tapes[UNSEEN], {"bytes": done.bytes, "verified": done.verified, "by": done.by}

    def _log(self, name: str) -> Path:
        """Where a log goes; with `force` what was recorded there before is removed."""
        from bitloop.recording.keeper import rejected_path
        from bitloop.recording.note import note_path

        path = self.folder / "logs" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        for each in (path, note_path(path), rejected_path(path)) if self.force else ():
            each.unlink(missing_ok=True)
        return path

    def _sampling(self, tapes: Sequence[Tape], note: Note) -> Result:
        from bitloop.cli.sampling import write
        from bitloop.sampling import Settings, find
        from bitloop.sampling.words import recommendation
        from bitloop.signals.reader import read_log

        rate = sum(tape.rate for tape in tapes) / len(tapes)
        logs = [read_log(tape.path, rate_hz=rate, label=tape.label) for tape in tapes]
        settings = Settings(rate, divisions=_DIVISIONS, anomaly=True)
        found = find(logs, settings, lambda done, total, _: note(f"{done} of {total} ways"))
        if not found.tells:
            raise SearchError(recommendation(found))
        write(found, self.folder / "sampling", self.force)
        cell, advice = found.advice.cell, found.advice
        note(f"{cell.length} samples at {found.rate(cell):.5g} Hz, {found.measure} {advice.expected:.3f}")
        return found

    def _project(self, tapes: Sequence[Tape], found: Result) -> Project:
        from bitloop.cli.shape import cut
        from bitloop.project import Project, Settings
        from bitloop.sampling.words import thinned
        from bitloop.signals.band import Band

        band = Band(found.rate(found.advice.cell))
        settings = Settings("blower", "anomaly", 3, TARGET, MAX_RAM, MAX_FLASH, band=band)
        project = Project.create(self.folder / "blower", settings, self.force)
        work = [*thinned(found), _window(found, SAMPLES, _SIGNALS)]
        made = cut([tape.path for tape in tapes], work, self.folder / "signals", log=True, force=self.force)
        for path, tape in zip(made, tapes, strict=True):
            project.add(path, tape.label, name=tape.path.name)
        return project

    def _story(self, tapes: Sequence[Tape], found: Result) -> Story:
        """The first half of what the unseen blower did regularly is learned, in any order; the rest is judged."""
        from bitloop.cli.shape import cut
        from bitloop.cli.story import File, Story
        from bitloop.sampling.words import thinned
        from bitloop.signals.dataset import REGULAR

        folder, half = self.folder / "unseen", SAMPLES // 2
        rest = [*thinned(found), f"window:{found.advice.cell.length}"]
        regular = [tape.path for tape in tapes if tape.label == REGULAR]
        early = [f"extract:1-{half}", *thinned(found), _window(found, half, _LEARNED), "concatenate", "shuffle:1"]
        (learned,) = cut(regular, early, folder, log=True, force=self.force).values()
        judged = []
        for tape in tapes:
            late = [f"extract:{half + 1}-"] if tape.label == REGULAR else []
            (sheet,) = cut([tape.path], [*late, *rest], folder, log=True, force=self.force).values()
            judged.append(File(sheet.name, tape.label, sheet.values))
        return Story((), tuple(judged), File(learned.name, REGULAR, learned.values))


def _window(found: Result, samples: int, signals: int) -> str:
    """The step that cuts so many samples of a log into so many signals or more, end to end where there is room."""
    cell = found.advice.cell
    step = (samples // cell.division - cell.length) // (signals - 1)
    return f"window:{cell.length},{max(1, min(cell.length, step))}"


def _check(project: Project) -> dict[str, Any]:
    from bitloop.signals.check import check

    return check(*project.read(), rate_hz=project.settings.band.rate_hz).to_record()


def _sampled(found: Result) -> dict[str, Any]:
    from bitloop.sampling.words import recommendation

    whole = found.to_record()
    kept = {name: whole[name] for name in ("measure", "rate_hz", "promised", "recommended")}
    return {**kept, "recommendation": recommendation(found)}
