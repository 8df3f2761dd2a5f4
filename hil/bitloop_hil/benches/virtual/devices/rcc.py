"""Reset and clock control: oscillators that take time to start, PLLs, the system clock's switch, clock enables.

What a clock tree looks like is data (`clock_tree`); how it behaves is the same in every family.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bitloop_hil.benches.virtual.clock import Event
from bitloop_hil.benches.virtual.devices.clock_tree import Oscillator, Pll, Source, Tree
from bitloop_hil.benches.virtual.devices.device import Services
from bitloop_hil.benches.virtual.devices.registers import Field, WordDevice

_MICROSECOND, _MILLISECOND = 10**6, 10**9
_VAIN = 20_000  # milliseconds after which a firmware that still polls is taken for one that never gives up


@dataclass(frozen=True, slots=True)
class RccTable:
    """A family's RCC. `enables` are the clock bits by device, `resets` the bits that reset them, if any."""

    tree: Tree
    reset_values: Mapping[int, int]
    enables: Mapping[str, Field]
    resets: Mapping[str, Field]
    flags: Field | None = None
    clear_flags: Field | None = None


@dataclass
class _Generator:
    """An oscillator or PLL at work."""

    kind: Oscillator | Pll
    starting: Event | None = None
    outputs: dict[str, int] = field(default_factory=dict)  # Hz, fixed when a PLL is switched on


class Rcc(WordDevice):
    """Registers of the RCC, and the frequencies they lead to."""

    def __init__(self, table: RccTable, services: Services, hse_hz: int) -> None:
        """`hse_hz` is what the board puts on OSC_IN; 0 if nothing."""
        super().__init__(table.reset_values)
        self._table, self._services, self._hse_hz = table, services, hse_hz
        self.before: list[Callable[[], None]] = []
        """Called before clocks may change."""
        self.after: list[Callable[[], None]] = []
        """Called after they may have changed."""
        self.reset_device: Callable[[str], None] = lambda name: None
        """Called when a device's reset bit is set."""
        self._core_hertz = 0
        self._known: dict[str, int] = {}  # frequencies asked for since something changed
        self.reset()

    def reset(self) -> None:
        super().reset()
        tree = self._table.tree
        kinds: dict[str, Oscillator | Pll] = {**tree.oscillators, **tree.plls}
        self._generators = {name: _Generator(kind) for name, kind in kinds.items()}
        self._core_hertz = 0
        self._settle()

    def hertz(self, node: str) -> int:
        """Frequency of an oscillator, a PLL's output (`pll.r`), `sysclk`, a bus, or a device's kernel clock."""
        if (known := self._known.get(node)) is None:
            known = self._known[node] = self._hertz(node)
        return known

    def _hertz(self, node: str) -> int:
        tree = self._table.tree
        if node in tree.kernels:
            return self._from(tree.kernels[node].of(self.words))
        if node == "sysclk":
            at = tree.status.of(self.words)
            return self._from(tree.switch.sources[at]) if at < len(tree.switch.sources) else 0
        if node in tree.buses:
            bus = tree.buses[node]
            return self._over(self.hertz(bus.source), bus.divider.of(self.words))
        name, _, output = node.partition(".")
        if name not in self._generators or not self._is_ready(name):
            return 0
        return self._output(name, output) if output else self._oscillator_hertz(name)

    def _from(self, source: Source) -> int:
        return self._over(self.hertz(source.node), source.divider.of(self.words)) if source.node else 0

    def clocked(self, device: str) -> bool:
        """Whether the device's clock is enabled; devices without such a bit always are."""
        bit = self._table.enables.get(device)
        return bit is None or bool(self.words.get(bit.offset, 0) >> bit.shift & 1)

    def knows(self, device: str) -> bool:
        """Whether a bit of the RCC gives this device its clock."""
        return device in self._table.enables

    def ready(self, generator: str) -> bool:
        """Whether an oscillator or PLL is on and has started."""
        return generator in self._generators and self._is_ready(generator)

    def store(self, offset: int, value: int) -> None:
        for call in self.before:
            call()
        old = self.words.get(offset, 0)
        self.words[offset] = self._protected(offset, old, value)
        self._reset_devices(offset, old)
        if (clear := self._table.clear_flags) and clear.of(self.words) and self._table.flags:
            self._table.flags.put(self.words, 0)
            clear.put(self.words, 0)
        self._settle()
        for call in self.after:
            call()

    def _protected(self, offset: int, old: int, value: int) -> int:
        """What software cannot change: ready and status bits, PLL settings while it runs, the clock in use."""
        tree = self._table.tree
        kept = tree.status.mask if offset == tree.status.offset else 0
        for generator in self._generators.values():
            if generator.kind.ready.offset == offset:
                kept |= generator.kind.ready.mask
        used = self._used()
        for name, generator in self._generators.items():
            on = generator.kind.on
            if on.offset == offset and name in used and on.mask & old & ~value:
                kept |= on.mask
                self._services.note(f"firmware switches {name} off while the core runs on it; the chip ignores that")
        return value & ~kept | old & kept

    def _reset_devices(self, offset: int, old: int) -> None:
        for name, bit in self._table.resets.items():
            if bit.offset == offset and bit.mask & self.words[offset] & ~old:
                self.reset_device(name)

    def _used(self) -> set[str]:
        """The generators the system clock comes from."""
        tree, used = self._table.tree, set()
        node = tree.switch.sources[tree.status.of(self.words)].node
        while node:
            name = node.partition(".")[0]
            used.add(name)
            kind = tree.plls.get(name)
            node = kind.source.of(self.words).node if kind else ""
        return used

    def _settle(self) -> None:
        """Start and stop generators, follow the switch, and tell the core its frequency."""
        self._known.clear()
        for name, generator in self._generators.items():
            on = bool(generator.kind.on.of(self.words))
            if not on:
                self._stop(generator)
            elif not self._is_ready(name) and generator.starting is None:
                self._start(name, generator)
        self._follow_switch()

    def _stop(self, generator: _Generator) -> None:
        if generator.starting is not None:
            generator.starting.cancel()
        generator.starting = None
        generator.kind.ready.put(self.words, 0)

    def _start(self, name: str, generator: _Generator) -> None:
        kind = generator.kind
        if isinstance(kind, Pll):
            if not self._lock(name, kind, generator):
                return
        elif not self._oscillator_hertz(name):
            self._services.note(f"firmware waits for the oscillator {name}, which this board does not have")
            self._wait_in_vain(name, generator, _VAIN)
            return
        when = int(kind.microseconds * _MICROSECOND)
        generator.starting = self._services.clock.after(when, lambda: self._started(generator))

    def _wait_in_vain(self, name: str, generator: _Generator, left: int) -> None:
        """Nothing comes, but time passes while firmware polls: it may give up and go another way."""
        if left and generator.kind.on.of(self.words):
            again = self._services.clock.after(_MILLISECOND, lambda: self._wait_in_vain(name, generator, left - 1))
            generator.starting = again
        else:
            generator.starting = None

    def _started(self, generator: _Generator) -> None:
        for call in self.before:
            call()
        generator.starting = None
        generator.kind.ready.put(self.words, 1)
        self._settle()
        for call in self.after:
            call()

    def _lock(self, name: str, pll: Pll, generator: _Generator) -> bool:
        """The frequencies of a PLL that is switched on; False if it has no clock to multiply."""
        into = self._over(self._from(pll.source.of(self.words)), pll.before.of(self.words))
        if not into:
            self._services.note(f"{name} was switched on without a running clock at its input")
            return False
        vco = pll.vco(into, self.words)
        for what, value, (low, high) in (("input", into, pll.input_limits), ("VCO", vco, pll.vco_limits)):
            if not low <= value <= high:
                allowed = f"{low / 1e6:g} to {high / 1e6:g} MHz"
                self._services.note(f"{name} has {value / 1e6:g} MHz at its {what}; the chip allows {allowed}")
        generator.outputs = {
            output: self._over(vco, number.of(self.words)) for output, (number, _) in pll.outputs.items()
        }
        return True

    def _follow_switch(self) -> None:
        tree = self._table.tree
        wanted = tree.switch.of(self.words)
        if wanted.node and self._is_ready(wanted.node.partition(".")[0]) and self.hertz(wanted.node):
            tree.status.put(self.words, tree.switch.field.of(self.words) if tree.switch.field else 0)
            self._known.clear()
        hertz = self.hertz(tree.core)
        if hertz and hertz != self._core_hertz:
            self._core_hertz = hertz
            self._services.clock.change(hertz)

    def _output(self, name: str, output: str) -> int:
        generator = self._generators[name]
        if not isinstance(generator.kind, Pll) or output not in generator.kind.outputs:
            return 0
        enable = generator.kind.outputs[output][1]
        return generator.outputs.get(output, 0) if enable is None or enable.of(self.words) else 0

    def _is_ready(self, name: str) -> bool:
        generator = self._generators.get(name)
        return generator is not None and bool(generator.kind.ready.of(self.words))

    def _oscillator_hertz(self, name: str) -> int:
        if name == "hse":
            return self._hse_hz
        kind = self._table.tree.oscillators.get(name)
        return kind.frequency(self.words) if kind else 0

    @staticmethod
    def _over(hertz: int, divider: int) -> int:
        return hertz // divider if divider else 0
