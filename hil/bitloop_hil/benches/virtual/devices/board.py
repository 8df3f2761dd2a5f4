"""All devices of a board, built from its `[chip]` section and its family's tables, and connected with one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bitloop.errors import BuildError
from bitloop_hil.benches.virtual.devices import simple
from bitloop_hil.benches.virtual.devices.analogue import AnalogueBuilder
from bitloop_hil.benches.virtual.devices.bus_builder import BusBuilder, Hanging, Pins
from bitloop_hil.benches.virtual.devices.device import Device, Mapped, Services
from bitloop_hil.benches.virtual.devices.dfsdm import Dfsdm, DfsdmSurroundings
from bitloop_hil.benches.virtual.devices.dma import ChannelController, Controller, Requests
from bitloop_hil.benches.virtual.devices.dma_bus import DmaBus
from bitloop_hil.benches.virtual.devices.dma_mux import DmaMux
from bitloop_hil.benches.virtual.devices.dma_streams import StreamController
from bitloop_hil.benches.virtual.devices.family import Family, family
from bitloop_hil.benches.virtual.devices.gpdma import SIZE as GPDMA_SIZE
from bitloop_hil.benches.virtual.devices.gpdma import Gpdma
from bitloop_hil.benches.virtual.devices.gpio import Port, PortV1, PortV2
from bitloop_hil.benches.virtual.devices.lazy import LazyDevice
from bitloop_hil.benches.virtual.devices.limits import Limits
from bitloop_hil.benches.virtual.devices.pdm import PdmLine
from bitloop_hil.benches.virtual.devices.pwr import Pwr
from bitloop_hil.benches.virtual.devices.rcc import Rcc
from bitloop_hil.benches.virtual.devices.usart import Surroundings, Usart
from bitloop_hil.benches.virtual.devices.usart_versions import UsartV1, UsartV2
from bitloop_hil.benches.virtual.devices.wire import Wire
from bitloop_hil.boards import BoardFile
from bitloop_hil.chips import Chip, Pin
from bitloop_hil.fields import Region

_DFSDM = "dfsdm1"
_BLOCK = 0x400  # bytes of a device's registers
_UID = (0x00420030, 0x31385106, 0x36303933)  # wafer, lot: any will do


@dataclass(frozen=True, slots=True)
class Outside:
    """What devices need of the rest of the machine. `waits` are the flash's wait states now; `reset` the chip's;
    `hanging` has what answers on its buses."""

    waits: Callable[[], int] | None = None
    reset: Callable[[], None] = lambda: None
    hanging: Hanging = field(default_factory=Hanging)


def board_devices(board: BoardFile, services: Services, wire: Wire, outside: Outside | None = None) -> list[Mapped]:
    """Every device of the board but its flash controller, at its address; BuildError for boards without a `[chip]`.

    Reset the clock first and then every device, in this order. Firmware with the wrong clock, pins or speed gets what
    it would get on the desk, and a note says why.
    """
    if board.chip is None:
        raise BuildError(f"board {board.name} has no [chip] section, so the virtual bench cannot build its devices")
    return _Builder(board, board.chip, services, wire, outside or Outside()).build()


class _Interrupts:
    """Lines of the NVIC, several of which are shared by devices."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._high: dict[int, set[int]] = {}
        self._users = 0

    def line(self, number: int) -> Callable[[bool], None]:
        """One more device at this line."""
        self._users += 1
        user, high = self._users, self._high.setdefault(number, set())

        def drive(level: bool) -> None:
            before = bool(high)
            (high.add if level else high.discard)(user)
            if bool(high) != before:
                self._services.interrupt(number, bool(high))

        return drive


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        one()
        other()

    return call


class _Builder:
    def __init__(self, board: BoardFile, chip: Chip, services: Services, wire: Wire, outside: Outside) -> None:
        self._flash_kib = board.flash.size >> 10
        self._chip, self._services, self._wire, self._outside = chip, services, wire, outside
        self._family: Family = family(chip.family, chip.part)
        self._interrupts = _Interrupts(services)
        self._mapped: list[Mapped] = []
        self._named: dict[str, Device] = {}
        self._controllers: dict[str, Controller] = {}
        self._ports: dict[str, Port] = {}
        self._mux: DmaMux | None = None

    def build(self) -> list[Mapped]:
        tables = self._family
        self._rcc = Rcc(tables.rcc, self._services, self._chip.hse_hz)
        self._rcc.reset_device = lambda name: self._named[name].reset() if name in self._named else None
        self._mapped.append(Mapped(tables.rcc_base, _BLOCK, self._rcc))
        pwr = Pwr(tables.pwr, self._services, self._rcc.ready, self._boosted) if tables.pwr else None
        if pwr:
            self._map("pwr", tables.pwr_base, pwr)
        limits = Limits(tables.scales, self._services, self._rcc, pwr, tables.rcc.tree.flash, self._outside.waits)
        self._rcc.after.append(limits.check)
        for block in tables.blocks:
            self._map(block.name, block.base, simple.Block(block.reset_values), block.size)
        self._map("dbgmcu", tables.dbgmcu, simple.Block({}, {0: tables.idcode}))
        self._map_ports()
        self._map_dma()
        self._requests = Requests(self._controllers, self._places(), self._services.note)
        self._map_usart()
        self._map_buses()
        self._map_analogue()
        self._map("crc", tables.crc["base"], simple.Crc(tables.crc["version"]))
        watchdog = simple.Watchdog(self._services, tables.iwdg["hertz"], self._outside.reset)
        self._map("iwdg", tables.iwdg["base"], watchdog)
        self._map_identity()
        return self._mapped

    def _map(self, name: str, base: int, device: Device, size: int = _BLOCK) -> None:
        self._named[name] = device
        if self._rcc.knows(name):
            device = simple.Clocked(device, name, lambda: self._rcc.clocked(name), self._services.note)
        self._mapped.append(Mapped(base, size, device))

    def _map_ports(self) -> None:
        gpio = self._family.gpio
        kind: type[Port] = PortV1 if gpio["version"] == 1 else PortV2
        step, letters = gpio.get("step", _BLOCK), self._family.ports
        for letter in letters:
            reset_values = {
                offset: values[letter if letter in values else "others"]
                for offset, values in self._port_resets(gpio["reset"])
                if letter in values or "others" in values
            }
            port = self._ports[letter] = kind(reset_values)
            self._map(f"gpio{letter.lower()}", gpio["base"] + step * (ord(letter) - ord("A")), port)
        for pin in (self._chip.usart.tx, self._chip.usart.rx):  # the probe holds both ends of the line high
            self._ports[pin.name[1]].idle_high |= 1 << pin.number

    @staticmethod
    def _port_resets(resets: Mapping[str, Mapping[str, int]]) -> list[tuple[int, Mapping[str, int]]]:
        offsets = {"MODER": 0x00, "OSPEEDR": 0x08, "PUPDR": 0x0C, "CRL": 0x00, "CRH": 0x04}
        return [(offsets[name], values) for name, values in resets.items()]

    def _map_dma(self) -> None:
        data = self._family.dma
        out_of_reach = [Region(origin, size) for origin, size in data.get("out_of_reach", ())]
        self._dma_bus = DmaBus(self._services, self._mapped, out_of_reach)
        if "mux" in data:
            self._mux = DmaMux()
            self._map("dmamux1", data["mux"], self._mux)
        for name in ("dma1", "dma2"):
            if name not in data:
                continue
            lines = [self._interrupts.line(irq) for irq in data[name]["irqs"]]
            self._controllers[name] = self._controller(name, lines, data)
            size = GPDMA_SIZE if data["kind"] == "gpdma" else _BLOCK
            self._map(name, data[name]["base"], self._controllers[name], size)
            self._controllers[name].clocked = self._clocked(name)

    def _boosted(self) -> bool:
        """Whether SYSCFG asks for the highest voltage, as it does on the H7."""
        syscfg = self._named.get("syscfg")
        boost = self._family.boost
        return boost is not None and isinstance(syscfg, simple.Block) and bool(boost.of(syscfg.words))

    def _clocked(self, name: str) -> Callable[[], bool]:
        return lambda: self._rcc.clocked(name)

    def _controller(self, name: str, lines: Sequence[Callable[[bool], None]], data: Mapping[str, Any]) -> Controller:
        if data["kind"] == "channel":
            selects = data.get("selection", False)
            return ChannelController(name, self._services, self._dma_bus, lines, selects, self._mux)
        if data["kind"] == "gpdma":
            return Gpdma(name, self._services, self._dma_bus, lines)
        return StreamController(name, self._services, self._dma_bus, lines, self._mux)

    def _map_usart(self) -> None:
        chip, name = self._chip.usart, self._chip.usart.name.lower()
        requests = self._requests
        around = Surroundings(
            name=chip.name,
            hertz=lambda: self._rcc.hertz(name) if self._rcc.clocked(name) else 0,
            tx_problem=lambda: self._pin_problem(chip.tx, listens=False),
            rx_problem=lambda: self._pin_problem(chip.rx, listens=True),
            interrupt=self._interrupts.line(chip.irq),
            channel=lambda direction, register: requests.serving(f"{name}_{direction}", register),
        )
        usart: Usart
        if chip.version == 1:
            usart = UsartV1(self._services, self._wire, chip.base, around)
        else:
            modern = bool(self._family.usart.get("modern"))
            usart = UsartV2(self._services, self._wire, chip.base, around, modern=modern)
        self._map(name, chip.base, usart)
        self._rcc.before.append(usart.sync)
        self._rcc.after.append(usart.kick)
        self._serve(usart)
        for port in self._ports.values():
            port.before, port.after = usart.sync, usart.kick

    def _map_buses(self) -> None:
        pins = Pins(self._ports, self._remap, self._family.gpio.get("moved", {}))
        builder = BusBuilder(self._services, self._rcc, pins, self._outside.hanging)
        for file in self._chip.i2c:
            self._map(file.name.lower(), file.base, builder.i2c(file))
        for spi in self._chip.spi:
            self._map(spi.name.lower(), spi.base, builder.spi(spi))
        if self._family.dfsdm:
            self._map_dfsdm({file.input: builder.pdm(file) for file in self._chip.pdm})

    def _map_dfsdm(self, lines: Mapping[int, PdmLine]) -> None:
        around = DfsdmSurroundings(
            _DFSDM.upper(),
            lambda: self._rcc.hertz(_DFSDM) if self._rcc.clocked(_DFSDM) else 0,
            lines,
            lambda number, registers: self._requests.serving(f"{_DFSDM}_{number}", *registers),
        )
        dfsdm = Dfsdm(self._services, self._family.dfsdm["base"], around)
        self._map(_DFSDM, self._family.dfsdm["base"], dfsdm)
        self._rcc.before.append(dfsdm.sync)
        self._rcc.after.append(dfsdm.kick)
        self._serve(dfsdm)

    def _map_analogue(self) -> None:
        voltage = self._outside.hanging.voltage
        if not self._family.adc or voltage is None:
            return
        builder = AnalogueBuilder(self._services, self._rcc, self._family, self._ports)
        timers = builder.timers()
        for name, timer in timers.items():
            self._map(name, self._family.timers[name], timer)
        adc = builder.adc(timers, voltage, lambda register: self._requests.serving("adc", register))
        self._map("adc", self._family.adc["base"], adc)
        self._serve(adc)

    def _serve(self, device: LazyDevice) -> None:
        """DMA controllers ask one more device to catch up."""
        for controller in self._controllers.values():
            controller.before = _both(controller.before, device.sync)
            controller.glance = _both(controller.glance, device.glance)
            controller.after = _both(controller.after, device.attend)

    def _remap(self, device: str) -> int:
        """What AFIO has for a device, on the F1; 0 elsewhere."""
        afio, remap = self._named.get("afio"), self._family.remaps.get(device)
        return remap.of(afio.words) if remap and isinstance(afio, simple.Block) else 0

    def _places(self) -> dict[str, list[tuple[str, int, int | None]]]:
        """Where each request may be served: controller, channel or stream from 0, selection."""
        dma = self._family.dma
        if self._mux is not None or dma["kind"] == "gpdma":  # anywhere, by its code
            everywhere = [(name, number) for name, one in self._controllers.items() for number in range(one.count)]
            return {
                request: [(name, number, code) for name, number in everywhere]
                for request, code in dma["requests"].items()
            }
        first = 1 if dma["kind"] == "channel" else 0
        return {
            request: [(one[0], one[1] - first, one[2] if len(one) > 2 else None) for one in listed]
            for request, listed in dma["requests"].items()
        }

    def _pin_problem(self, pin: Pin, listens: bool) -> str:
        """Why this pin is not the USART's; empty if it is."""
        port = self._ports[pin.name[1]]
        name = self._chip.usart.name
        if isinstance(port, PortV1):
            if self._remap(name.lower()):
                return f"AFIO_MAPR moves {name} away from {pin.name}"
            fits = port.listens(pin.number) if listens else port.alternate(pin.number) is not None
            return "" if fits else f"{pin.name} is not switched over to {name}"
        if port.alternate(pin.number) == pin.alternate:
            return ""
        return f"{pin.name} is not switched over to {name} (alternate function {pin.alternate})"

    def _map_identity(self) -> None:
        identity = self._family.identity
        offsets = identity.get("offsets", (0, 4, 8))
        uid = simple.Fixed(dict(zip(offsets, _UID, strict=True)))
        self._mapped.append(Mapped(identity["uid"], max(offsets) + 4, uid))
        at = identity["flash_size"]
        self._mapped.append(Mapped(at & ~3, 4, simple.Fixed({0: self._flash_kib << 8 * (at & 3)})))
