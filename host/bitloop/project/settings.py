"""bitloop.toml: what a project is about, what it is for, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bitloop.errors import BitloopError, ProjectError
from bitloop.library.file import KINDS
from bitloop.project import toml
from bitloop.project.names import check_name
from bitloop.project.place import place
from bitloop.signals.band import ALL, ORDER, Band
from bitloop.signals.checks.rules import ALLOWABLE

SETTINGS = "bitloop.toml"
_HEADER = "# A bitloop project: recordings are in signals/, what a search found in libraries/.\n"


@dataclass(frozen=True, slots=True)
class Settings:
    """What bitloop.toml says. `target` is a board or a core; `max_ram` and `max_flash` are KiB.

    `band` has the sampling rate (0 where nobody said), and the filter in front of every library.
    `allow` are codes of rules the project may break without a word.
    """

    name: str
    kind: str
    axes: int
    target: str
    max_ram: int
    max_flash: int
    multi_sensor: bool = False
    band: Band = ALL
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name, "project")
        place(self.target)
        if self.kind not in KINDS:
            raise ProjectError(f"there is no kind {self.kind!r}; choose one of {', '.join(KINDS)}")
        if not 1 <= self.axes <= 1024:
            raise ProjectError(f"{self.axes} axes make no signal; choose 1 to 1024")
        if self.max_ram < 1 or self.max_flash < 1:
            raise ProjectError("the budgets for RAM and flash are whole numbers of KiB, 1 or more")
        if self.multi_sensor and self.kind != "anomaly":
            raise ProjectError("only anomaly projects can be multi-sensor")
        if self.multi_sensor and self.band:
            raise ProjectError("states of a multi-sensor project cannot be filtered: each is judged by itself")
        unknown = next((code for code in self.allow if code not in ALLOWABLE), None)
        if unknown is not None:
            raise ProjectError(f"{unknown!r} cannot be allowed; what can be is {' and '.join(ALLOWABLE)}")

    def to_toml(self) -> str:
        rows: dict[str, toml.Value] = {
            "name": self.name,
            "kind": self.kind,
            "axes": self.axes,
            "multi_sensor": self.multi_sensor,
            "target": self.target,
            "max_ram": self.max_ram,
            "max_flash": self.max_flash,
        }
        return _HEADER + toml.table(rows | self._filter() | self._allowed())

    def _filter(self) -> dict[str, toml.Value]:
        """Only what was said, so that projects without a rate or filter look as they always did."""
        band = self.band
        rows: dict[str, toml.Value] = {"high_pass": band.high_pass, "low_pass": band.low_pass}
        named = {"rate_hz": band.rate_hz, **rows}
        return {key: value for key, value in named.items() if value} | ({"filter_order": band.order} if band else {})

    def _allowed(self) -> dict[str, toml.Value]:
        return {"allow": list(self.allow)} if self.allow else {}

    @staticmethod
    def load(path: Path) -> Settings:
        data = toml.load(path)
        texts = [toml.field(data, key, str, path) for key in ("name", "kind", "target")]
        numbers = [toml.field(data, key, int, path) for key in ("axes", "max_ram", "max_flash")]
        multi = toml.field(data, "multi_sensor", bool, path)
        said = {"rate_hz": 0.0, "high_pass": 0.0, "low_pass": 0.0, "filter_order": ORDER} | data
        limits = [toml.field(said, key, float, path) for key in ("rate_hz", "high_pass", "low_pass")]
        order = toml.field(said, "filter_order", int, path)
        allow = toml.field({"allow": [], **data}, "allow", list, path)
        try:
            band = Band(limits[0], limits[1], limits[2], order)
            return Settings(
                texts[0], texts[1], numbers[0], texts[2], numbers[1], numbers[2], multi, band, tuple(allow)
            )
        except BitloopError as error:
            raise ProjectError(f"{path}: {error}") from error
