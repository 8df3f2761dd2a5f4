"""The second half of the demonstrations: from a project with signals to a proof on a virtual board."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bitloop.cli.steps import Note, Steps
    from bitloop.cli.story import Story
    from bitloop.library.file import Library
    from bitloop.project import Found, Project

BOARD, BENCH = "b-l475e-iot01a", "virtual"
TARGET, MAX_RAM, MAX_FLASH = BOARD, 32, 64


@dataclass(frozen=True, slots=True)
class Finale:
    """Searches for so many `seconds`, or `evaluations`; the library goes into `package`."""

    package: Path
    seconds: float | None
    evaluations: int | None
    force: bool
    steps: Steps

    def run(self, project: Project, told: Story) -> dict[str, Any]:
        """Every step in order; the record of what came out. The story's unseen signals are judged and proved with."""
        with self.steps.step("compiling the kernels for this machine") as note:
            from bitloop.native import host

            host()
            note("kept for the next time")
        with self.steps.step("searching") as note:
            found = self._search(project, note)
        library = project.libraries.load(found)
        with self.steps.step(f"judging the unseen {project.settings.name}") as note:
            from bitloop.cli.judge import unseen

            quality = unseen(library, told)
            note(" ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in quality.items()))
        with self.steps.step("building the library") as note:
            sizes = self._build(library)
            note(f"{sizes['flash']:,} B of flash, {sizes['ram']:,} B of RAM")
        with self.steps.step(f"proving on {BOARD}") as note:
            proof = _prove(library, told, note)
        return {
            "kind": library.kind,
            "library": library.id,
            "pipeline": _pipeline(library),
            "family": found.family,
            **quality,
            "sizes": sizes,
            "proof": proof,
            "seconds": self.steps.seconds,
        }

    def _search(self, project: Project, note: Note) -> Found:
        from bitloop.cli import search

        outcome = search.find(
            project,
            seconds=self.seconds,
            evaluations=self.evaluations,
            seed=1,
            jobs=os.cpu_count() or 1,
            update=lambda at: note(f"{at.evaluations} candidates, best {at.score:.4f} ({at.family})"),
        )
        best = search.keep(project, outcome)[0]
        note(f"{outcome.evaluations} candidates, best {best.score:.4f} ({best.family})")
        return best

    def _build(self, library: Library) -> dict[str, int]:
        from bitloop.library import build as libraries
        from bitloop.library.package import package
        from bitloop.project import place

        built = libraries.build(library, place(TARGET).core)
        sizes = package(built, self.package, self.force).sizes
        if sizes is None:
            raise AssertionError("a board's library has sizes")
        parts = {"knowledge": sizes.knowledge, "flash": sizes.flash, "ram": sizes.ram}
        return {**parts, "static_ram": sizes.static_ram, "stack": sizes.stack}


def _prove(library: Library, told: Story, note: Note) -> dict[str, Any]:
    import numpy as np

    from bitloop.cli import prove

    learn = told.to_learn(library.learning)
    detect = np.concatenate([file.x for file in told.unseen])
    place = (BOARD, BENCH)
    proof = prove.run(library, place, learn, detect, update=lambda n, of, what: note(f"{what} {n} of {of}"))
    record: dict[str, Any] = proof.to_json()
    note(f"{record['floats_compared']:,} floats compared, {record['differing']} differing")
    return record


def _pipeline(library: Library) -> str:
    from bitloop.library.texts import describe

    return describe(library)
