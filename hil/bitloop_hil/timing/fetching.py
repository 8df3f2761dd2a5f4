"""Cortex-M3 and M4: three stages, a fetch unit of three words, loads that overlap.

Execution is in order: a step starts when the one before is done and its own half-words have been fetched.

Fetching. Instructions come in aligned words, one a cycle, into a buffer of three words (Arm KA 103488664); an
instruction leaves it when the one before starts, and the word it was the last of makes room. A jump empties the
buffer: its target waits for the refill, and for one word more where a 32-bit instruction lies across two words
(measured: compendium.i-0.nl, branch timing). Three such unaligned instructions in a row directly behind an
instruction of several cycles, or behind a jump, wait one cycle (IACR eprint 2025/523). A branch that is decided when
it is decoded has its target fetched at once: when it is not taken, that fetch was in vain (DDI 0337G 1.4). CBZ, CBNZ,
and jumps to registers are decided when they execute, a cycle later; BX LR is one of the former, unless the
instruction before it writes LR (DDI 0337G, table 15-3).

Memory. A load takes two cycles, in the second of which another load or store may begin, and a NOP vanishes (DDI 0439,
DDI 0337 3-9). Both have to be in the same memory: a literal in flash does not overlap with data in RAM. Unaligned
32-bit loads do not overlap with each other, and a load directly behind a store waits a cycle. A store takes one, or
two with a register as its offset (measured: github.com/jnk0le/random, STM32F407). A store overlaps with a load before
it that did not itself overlap; behind a row of loads it takes its cycle, as DDI 0337 3-9 says of both (a Keccak
permutation shows it: docs/benchmarks.md, sphincs-shake). The load a jump leads to does overlap: the jump's refill has
fetched the one behind it. An address register that the step before produced or loaded costs a cycle: nothing is
forwarded to it.

IT vanishes behind a 16-bit instruction. FPU results are there one cycle late for the next FPU instruction, but not
for the addend of a multiply-accumulate; division and root run on beside whatever is not for the FPU.

Times are in cycles since the block was entered; a state holds times relative to its end.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from bitloop_hil.timing.decode import FLOATS, LR, Kind, Step
from bitloop_hil.timing.tables import Table

_LONG_AGO = -8  # times before that are all the same
_BUFFER = 3  # words
_ROOM = 2  # cycles from room in an idle buffer until the next word is there
_STARVED = 3  # the unaligned instruction in a row that waits
_ARITHMETIC = (Kind.FLOAT, Kind.FLOAT_MULTIPLY, Kind.FLOAT_ACCUMULATE)
_LOADS = (Kind.LOAD, Kind.LOAD_MANY)
_BACKGROUND = (Kind.FLOAT_DIVIDE, Kind.FLOAT_ROOT)
_RAM = 0x20000000  # literals below it are in flash


@dataclass(frozen=True, slots=True)
class State:
    """Between two steps, at time 0."""

    words: tuple[int, ...] = ()  # when the fetched words are there; the first is that of the next half-word
    freed: tuple[int, ...] = ()  # when the words before made room, oldest first
    started: int = -1  # when the step before began
    leaving: int = 0  # cycles to refill, if what follows is jumped to
    surely: bool = False  # what follows is jumped to
    memory: Kind | None = None  # LOAD or STORE, if that was the step before
    wrote: int = 0  # registers it wrote
    narrow: bool = False  # it had 16 bits
    unaligned: bool = False  # it had 32 bits in two words
    landed: bool = False  # it was jumped to
    literal: bool = False  # it loaded from flash
    chained: bool = False  # it was a load that overlapped with another
    untaken: bool = False  # it was a branch decided when decoded, whose target was fetched
    row: int = 0  # bit n: n unaligned steps stand behind one of several cycles, or behind a jump
    floats: int = 0  # FPU registers that are there only in a cycle
    busy: int = 0  # cycles the FPU still divides
    dividing: int = 0  # into these registers


class Fetching:
    """See the module."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def fresh(self) -> Hashable:
        """Just jumped to, for nothing."""
        return State()

    def execute(self, steps: Sequence[Step], state: Hashable, jumped: bool) -> tuple[list[int], Hashable]:
        """See `Pipeline`."""
        if not isinstance(state, State):
            raise TypeError(f"{state!r} is no state of this pipeline")
        if not steps:
            return [], state
        jumped = jumped or state.surely
        run = _Run(self._table, state, jumped, steps[0].address)
        costs = [run.step(step) for step in steps]
        costs[0] += state.leaving if jumped else 0
        return costs, run.state()


class _Fetcher:
    """When each word is there. Words are numbered by their address."""

    def __init__(self, state: State, jumped: bool, address: int) -> None:
        self._word = address // 4
        self._there: dict[int, int] = {}
        self._freed: dict[int, int] = {}
        if jumped:
            self._there[self._word] = state.leaving - 1
        else:
            self._there.update({self._word + i: time for i, time in enumerate(state.words)})
            first = self._word - len(state.freed)
            self._freed.update({first + i: time for i, time in enumerate(state.freed)})
        self._next = self._word + len(self._there)
        self._address = address

    def there(self, step: Step) -> int:
        """When all of a step has been fetched."""
        last = (step.end - 1) // 4
        self._fetch_up_to(last)
        return self._there[last]

    def take(self, step: Step, time: int) -> None:
        """The step leaves the buffer."""
        for word in range(step.address // 4, step.end // 4):
            self._freed[word] = time
        self._address = step.end
        self._fetch_up_to(step.end // 4 + _BUFFER - 1)

    def waste(self, time: int) -> None:
        """The fetch that would have brought a word at that time was used for something else."""
        word = next((word for word, there in self._there.items() if there == time), None)
        while word is not None and self._there.get(word) == time:
            time += 1
            self._there[word] = time
            word += 1

    def times(self, now: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """`words` and `freed` of a state."""
        first = self._address // 4
        words = tuple(max(self._there[word] - now, _LONG_AGO) for word in range(first, self._next))
        known = [word for word in range(first - _BUFFER, first) if word in self._freed]
        return words, tuple(max(self._freed[word] - now, _LONG_AGO) for word in known)

    def _fetch_up_to(self, last: int) -> None:
        while self._next <= last:
            soonest = self._there.get(self._next - 1, _LONG_AGO) + 1
            room = self._freed.get(self._next - _BUFFER, _LONG_AGO)
            self._there[self._next] = soonest if room < soonest else room + _ROOM
            self._next += 1


class _Run:
    """One pass over a block."""

    def __init__(self, table: Table, state: State, jumped: bool, address: int) -> None:
        self._table = table
        self._fetcher = _Fetcher(state, jumped, address)
        self._time = state.leaving if jumped else 0
        self._started = self._time - 1 if jumped else state.started
        self._leaving, self._surely = 0, False
        self._memory = None if jumped else state.memory
        self._wrote = 0 if jumped else state.wrote
        self._narrow = state.narrow and not jumped
        self._unaligned = state.unaligned and not jumped
        self._jumped, self._landed = jumped, state.landed and not jumped
        self._literal, self._chained = state.literal, state.chained
        self._untaken = state.untaken and not jumped
        self._row = 1 if jumped else state.row
        self._target = jumped
        waited = state.leaving if jumped else 0
        self._floats = 0 if waited else state.floats
        self._ready, self._dividing = max(0, state.busy), state.dividing

    def state(self) -> State:
        """What the block leaves."""
        words, freed = self._fetcher.times(self._time)
        busy = max(0, self._ready - self._time)
        return State(
            words,
            freed,
            max(self._started - self._time, _LONG_AGO),
            self._leaving,
            self._surely,
            self._memory,
            self._wrote,
            self._narrow,
            self._unaligned,
            self._landed,
            self._literal,
            self._chained,
            self._untaken,
            self._row,
            self._floats,
            busy,
            self._dividing if busy else 0,
        )

    def step(self, step: Step) -> int:
        """Execute one; returns the cycles by which it is done later than the one before."""
        before = self._time
        if self._untaken:
            self._fetcher.waste(before)
        unaligned = step.wide and step.address % 4 != 0
        overlap = self._overlaps(step, unaligned)
        start = self._time - overlap + self._waits(step) + self._starves(step, unaligned, overlap)
        there = self._fetcher.there(step)
        start = self._after_divider(step, max(start, there + 1))
        self._fetcher.take(step, max(self._started, there))
        self._started = start
        self._time = start + self._cycles(step, start)
        self._chained = step.kind is Kind.LOAD and overlap > 0
        if overlap or self._time - start > 1:
            self._row |= 1
        self._remember(step, unaligned)
        return self._time - before

    def _overlaps(self, step: Step, unaligned: bool) -> int:
        """1 if it begins in the last cycle of the load before it."""
        if self._memory is not Kind.LOAD or step.base & self._wrote:
            return 0
        if step.kind is Kind.LOAD and unaligned and self._unaligned and not self._landed:
            self._row = 0
            return 0
        if step.kind is Kind.NOP:
            return 1
        fits = step.kind is Kind.LOAD or (step.kind is Kind.STORE and not self._chained)
        return int(fits and _in_flash(step) == self._literal)

    def _waits(self, step: Step) -> int:
        """Cycles for registers that are not there yet."""
        waits = int(bool(step.base & self._wrote))
        waits += int(self._memory is Kind.STORE and step.kind in _LOADS)
        return waits + int(bool(step.reads & ~step.accumulator & self._floats))

    def _starves(self, step: Step, unaligned: bool, overlap: int) -> int:
        """1 if it is the third of a row of unaligned steps."""
        if unaligned:
            self._row <<= 1
        elif not (self._target and not step.wide):
            self._row = 0
        self._target = False
        starves = self._row >> _STARVED & 1
        self._row &= (1 << _STARVED) - 1
        if starves and step.kind is Kind.STORE:  # a store leaves the wait to the one behind it
            starves = 0
            self._row |= 1 << _STARVED - 1
        if overlap:  # the row behind the load before begins here
            self._row &= ~2
        return starves

    def _after_divider(self, step: Step, start: int) -> int:
        """When the FPU can take the step, if it is for the FPU."""
        uses = step.kind.value.startswith("float") or (step.reads | step.writes) & FLOATS
        return max(start, self._ready) if uses else start

    def _cycles(self, step: Step, start: int) -> int:
        if step.kind is Kind.IT and self._narrow:
            return 0
        if step.kind in _BACKGROUND:
            self._ready, self._dividing = start + self._table.alone(step), step.writes
            return 1
        offset = int(step.kind is Kind.STORE and step.indexed)
        return self._table.alone(step) + offset

    def _remember(self, step: Step, unaligned: bool) -> None:
        self._leaving = self._table.jumping(step, late=bool(self._wrote >> LR & 1)) if step.leaves else 0
        self._surely = step.leaves and not step.conditional
        self._untaken = step.conditional and step.kind is Kind.BRANCH
        self._landed, self._jumped = self._jumped, False
        self._literal = _in_flash(step)
        self._memory = step.kind if step.kind in (Kind.LOAD, Kind.STORE) else None
        self._wrote = 0 if step.kind is Kind.STORE else step.writes & ~FLOATS
        if step.kind in (Kind.LOAD_MANY, Kind.STORE_MANY):  # the base is written back early enough
            self._wrote &= ~step.base
        self._narrow, self._unaligned = not step.wide, unaligned
        self._floats = step.writes & FLOATS if step.kind in _ARITHMETIC else 0


def _in_flash(step: Step) -> bool:
    """Whether it loads a literal from flash; what other loads and stores address is taken for RAM."""
    return step.literal is not None and step.literal < _RAM
