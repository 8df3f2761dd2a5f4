"""What a datalogger is to do, and whether source, board and link carry it; what they do not is one sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitloop.errors import BuildError
from bitloop_hil.boards import BoardFile, board_file, boards_with
from bitloop_hil.chips import Chip
from bitloop_hil.datalogger import carry
from bitloop_hil.datalogger.analogue import analogue
from bitloop_hil.datalogger.microphones import microphone_names
from bitloop_hil.datalogger.pdm import pdm_microphone
from bitloop_hil.datalogger.registers import bus_sensor, carried, possible
from bitloop_hil.datalogger.source import Source
from bitloop_hil.datalogger.wish import Wish

__all__ = ["Plan", "Wish", "carried", "plan"]

TEXT_BAUD = 115_200
MOST_VALUES = 16_383


@dataclass(frozen=True, slots=True)
class Plan:
    """A datalogger that works as far as arithmetic can tell."""

    board: BoardFile
    chip: Chip
    source: Source
    samples: int
    binary: bool
    continuous: bool
    baud: int
    payload: int

    @property
    def axes(self) -> int:
        """Values of a sample."""
        return len(self.source.measured.letters)

    @property
    def sample_bytes(self) -> int:
        """Bytes of a sample as it is sent."""
        return self.source.measured.width * self.axes

    @property
    def look_ticks(self) -> int:
        """Ticks between two looks."""
        return int(self.board.clock_hz * self.source.per_look / self.source.hz)

    @property
    def block_samples(self) -> int:
        """Samples of a full block: a tenth of a second, or what fits into a frame."""
        most = (self.payload - carry.BLOCK_HEAD) // self.sample_bytes
        return max(1, min(most, int(self.source.hz / 10)))


def plan(wish: Wish) -> Plan:
    """What a wish comes to; BuildError says in a sentence what is not possible, and what is."""
    board = board_file(wish.board.lower())
    if board.chip is None or board.image is None:
        raise BuildError(
            f"bitloop has no drivers for {board.name}; choose one of {boards_with(lambda one: bool(one.chip))}"
        )
    wish = replace(wish, shield=wish.shield.lower())
    made = Plan(
        board,
        board.chip,
        _source(wish, board, board.chip),
        0 if wish.continuous else wish.samples,
        wish.binary,
        wish.continuous,
        _baud(board, board.chip, wish),
        board.image.payload,
    )
    _check_samples(made)
    made.source.check(made)
    carry.check_link(made)
    return made


def _source(wish: Wish, board: BoardFile, chip: Chip) -> Source:
    if not wish.sensor and not (known := possible(board)):
        others = boards_with(lambda one: bool(one.chip and possible(one)))
        raise BuildError(f"bitloop knows no sensor of {board.name}; choose one of {others}")
    if not wish.sensor:
        raise BuildError(f"{board.name} can have {known}; choose one with --sensor")
    if wish.sensor.lower() in ("analogue", "analog"):
        return analogue(wish, board, chip)
    if wish.pins or wish.unit or wish.per_unit or wish.zero:
        raise BuildError(f"--pins, --unit, --per-unit and --zero are for --sensor analogue, not for {wish.sensor}")
    if wish.sensor.upper() in microphone_names():
        return pdm_microphone(wish, board, chip)
    return bus_sensor(wish, board, chip)


def _baud(board: BoardFile, chip: Chip, wish: Wish) -> int:
    own = board.image.defines["BL_BAUD"] if board.image else TEXT_BAUD
    baud, clock = wish.baud or (own if wish.binary else TEXT_BAUD), chip.usart.clock_hz
    divisor = round(clock / baud) if baud > 0 else 0
    if not 16 <= divisor <= 0xFFFF or abs(clock / divisor / baud - 1) > 0.01:
        raise BuildError(
            f"{chip.usart.name} of {board.name} divides {clock} Hz by 16 to 65535, which meets no {baud} baud to a"
            f" percent; choose {TEXT_BAUD}, {own} or {clock // 16}"
        )
    return baud


def _check_samples(made: Plan) -> None:
    if made.continuous:
        return
    axes, samples = made.axes, made.samples
    most = MOST_VALUES // axes
    if not 1 <= samples <= most:
        raise BuildError(
            f"a signal has 1 to {most} samples per axis with {axes} axes, as a line may have {MOST_VALUES} values,"
            f" not {samples}; choose --samples in between, or --continuous"
        )
    carry.check_memory(made)
