"""Stack depth of linked code: frames from the compiler, calls from the machine code.

Every function the compiler compiled here has its frame from the compiler itself (`.stack_sizes` of clang, `.su` of
gcc). Helpers that arrive compiled (soft float, memcpy) have none: theirs is summed from the instructions that push or
lower the stack pointer. Who calls whom is read from the branch instructions, so the figure is that of the deepest
chain that can really happen; recursion and calls through pointers are refused, as generated code has neither.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import capstone
from capstone import arm
from elftools.elf.elffile import ELFFile

from bitloop.errors import BuildError

_CALLS = ("bl", "blx")
_WORD = {"s": 4, "d": 8, "q": 16}


class _Function:
    """A function of the image: where it is, what it calls, what it pushes."""

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name, self.start, self.end = name, start, end
        self.calls: set[int] = set()
        self.indirect = False
        self.pushed = 0


def deepest(image: Path, roots: tuple[str, ...], frames: Mapping[str, int]) -> dict[str, int]:
    """Bytes of stack each root needs. `frames` are the compiler's, by function name; they win over what is read."""
    elf = ELFFile(io.BytesIO(image.read_bytes()))
    functions = _functions(elf)
    _read_code(elf, functions)
    by_name = {f.name: f for f in functions.values()}
    frames = {**_stack_sizes(elf, functions), **frames}
    depths: dict[int, int] = {}
    return {root: _depth(by_name[root], functions, frames, depths, ()) for root in roots if root in by_name}


def _depth(
    function: _Function,
    functions: Mapping[int, _Function],
    frames: Mapping[str, int],
    known: dict[int, int],
    above: tuple[int, ...],
) -> int:
    if function.start in known:
        return known[function.start]
    if function.start in above:
        raise BuildError(f"{function.name} calls itself, so its stack has no bound")
    own = frames.get(function.name.split(".")[0], function.pushed)
    below = [
        _depth(functions[callee], functions, frames, known, (*above, function.start))
        for callee in function.calls
        if callee in functions
    ]
    known[function.start] = own + max(below, default=0)
    return known[function.start]


def _functions(elf: ELFFile) -> dict[int, _Function]:
    """By start address; of several names at one address the first that is global."""
    found: dict[int, _Function] = {}
    table = elf.get_section_by_name(".symtab")
    symbols = [] if table is None else list(table.iter_symbols())
    for symbol in sorted(symbols, key=lambda s: str(s["st_info"]["bind"])):  # STB_GLOBAL before STB_LOCAL
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_size"]:
            start = symbol["st_value"] & ~1
            found.setdefault(start, _Function(symbol.name, start, start + symbol["st_size"]))
    return found


def _read_code(elf: ELFFile, functions: Mapping[int, _Function]) -> None:
    section = elf.get_section_by_name(".text")
    base, code = section["sh_addr"], section.data()
    data = _data_ranges(elf, base + len(code))
    decoder = capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)
    decoder.detail = True
    for function in functions.values():
        for start, end in _without(data, function.start, function.end):
            for instruction in decoder.disasm(code[start - base : end - base], start):
                _note(function, instruction, functions)
        if function.indirect:
            function.calls |= _loaded(function, data, code, base, functions)


def _loaded(
    function: _Function, data: list[tuple[int, int]], code: bytes, base: int, functions: Mapping[int, _Function]
) -> set[int]:
    """Functions whose address stands in the literal pool: at -Oz clang loads it once for several calls."""
    words = [
        int.from_bytes(code[at - base : at - base + 4], "little")
        for low, high in data
        for at in range(max(low, function.start), min(high, function.end) - 3, 4)
    ]
    found = {word & ~1 for word in words if word & 1 and word & ~1 in functions}
    if not found:
        raise BuildError(f"{function.name} calls through a pointer, so its stack has no bound")
    return found


def _note(function: _Function, instruction: capstone.CsInsn, functions: Mapping[int, _Function]) -> None:
    operands = instruction.operands
    if instruction.group(capstone.CS_GRP_JUMP) or instruction.mnemonic.split(".")[0] in _CALLS:
        if operands and operands[-1].type == arm.ARM_OP_IMM:
            there = operands[-1].imm & ~1
            loops = there == function.start and not instruction.mnemonic.startswith("bl")
            if there in functions and not loops:
                function.calls.add(there)
        elif instruction.mnemonic.startswith("blx"):
            function.indirect = True
    function.pushed += _lowered(instruction)


def _lowered(instruction: capstone.CsInsn) -> int:
    """Bytes an instruction lowers the stack pointer by."""
    name, operands = instruction.mnemonic.split(".")[0], instruction.operands
    if name in ("push", "vpush"):
        first = instruction.reg_name(operands[0].reg)
        return len(operands) * (_WORD.get(first[0], 4) if name == "vpush" else 4)
    if name in ("str", "strd"):
        return _stored(instruction)
    if not operands or operands[0].type != arm.ARM_OP_REG or operands[0].reg != arm.ARM_REG_SP:
        return 0
    if name in ("sub", "subw", "sub_w") and operands[-1].type == arm.ARM_OP_IMM:
        return int(operands[-1].imm)
    if name in ("add", "addw") and operands[-1].type == arm.ARM_OP_IMM and operands[-1].imm < 0:
        return -int(operands[-1].imm)
    if name in ("stmdb", "stm"):
        return 4 * (len(operands) - 1)
    return 0


def _stored(instruction: capstone.CsInsn) -> int:
    """Bytes `str rX, [sp, #-n]!` lowers it by: how a single register is pushed."""
    for operand in instruction.operands:
        if operand.type == arm.ARM_OP_MEM and operand.mem.base == arm.ARM_REG_SP and instruction.writeback:
            return max(0, -int(operand.mem.disp))
    return 0


def _data_ranges(elf: ELFFile, end: int) -> list[tuple[int, int]]:
    """Literal pools inside the code, from the mapping symbols $d and $t."""
    table = elf.get_section_by_name(".symtab")
    marks = sorted((s["st_value"] & ~1, s.name[:2]) for s in table.iter_symbols() if s.name[:2] in ("$d", "$t"))
    ranges = []
    for (start, kind), (stop, _) in zip(marks, [*marks[1:], (end, "")], strict=True):
        if kind == "$d":
            ranges.append((start, stop))
    return ranges


def _without(holes: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    for low, high in holes:
        if low < end and high > start:
            if low > start:
                yield start, low
            start = max(start, high)
    if start < end:
        yield start, end


def _stack_sizes(elf: ELFFile, functions: Mapping[int, _Function]) -> dict[str, int]:
    """Clang's frames: pairs of a function's address and its size in ULEB128."""
    section = elf.get_section_by_name(".stack_sizes")
    data = b"" if section is None else section.data()
    found, at = {}, 0
    while at + 5 <= len(data):
        address = int.from_bytes(data[at : at + 4], "little") & ~1
        at, size, shift = at + 4, 0, 0
        while True:
            byte = data[at]
            size |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        if address in functions:
            found[functions[address].name.split(".")[0]] = size
    return found
