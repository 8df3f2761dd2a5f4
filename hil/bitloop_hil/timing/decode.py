"""What a cycle model wants to know of an instruction, from capstone's decoding of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import capstone
from capstone import arm


class Kind(Enum):
    """Groups of instructions that cost alike; the values are the names in cores.toml."""

    ALU = "alu"
    NOP = "nop"
    IT = "it"
    MULTIPLY = "multiply"  # 32-bit result
    ACCUMULATE = "accumulate"  # 32-bit result added to something
    LONG_MULTIPLY = "long_multiply"  # 64-bit result
    LONG_ACCUMULATE = "long_accumulate"
    DIVIDE = "divide"
    LOAD = "load"
    STORE = "store"
    LOAD_DOUBLE = "load_double"
    STORE_DOUBLE = "store_double"
    LOAD_MANY = "load_many"  # LDM and POP; `words` of them
    STORE_MANY = "store_many"
    BRANCH = "branch"  # to an address in the instruction
    COMPARE_BRANCH = "compare_branch"  # CBZ and CBNZ
    CALL = "call"  # BL
    JUMP = "jump"  # to an address in a register
    RETURN = "return"  # BX LR
    TABLE = "table"  # TBB and TBH
    SYSTEM = "system"  # MRS, MSR, CPS, hints that wait, SVC
    BARRIER = "barrier"
    FLOAT = "float"
    FLOAT_MULTIPLY = "float_multiply"
    FLOAT_ACCUMULATE = "float_accumulate"
    FLOAT_DIVIDE = "float_divide"
    FLOAT_ROOT = "float_root"
    FLOAT_MOVE_TWO = "float_move_two"  # two core registers to or from the FPU
    FLOAT_LOAD = "float_load"
    FLOAT_STORE = "float_store"
    FLOAT_LOAD_MANY = "float_load_many"
    FLOAT_STORE_MANY = "float_store_many"


MEMORY = frozenset(
    kind
    for kind in Kind
    if kind.value.startswith(("load", "store")) or "_load" in kind.value or "_store" in kind.value
)
_LEAVE = (Kind.BRANCH, Kind.COMPARE_BRANCH, Kind.CALL, Kind.JUMP, Kind.TABLE)
PC, SP, LR = 15, 13, 14
FLAGS = 16
_FIRST_FLOAT = 32  # bits of S0.. in register masks
FLOATS = ((1 << 32) - 1) << _FIRST_FLOAT


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction. Registers are masks: bits 0..15 core, 16 flags, 32.. S0.. ."""

    address: int
    size: int
    name: str
    kind: Kind
    words: int  # registers moved to or from memory
    reads: int
    writes: int
    base: int  # registers its address is made of, without pc
    accumulator: int  # the register a multiply-accumulate adds to
    indexed: bool  # the address has a register offset
    writeback: bool
    literal: int | None  # address of a pc-relative load
    leaves: bool  # may continue elsewhere
    conditional: bool  # under an IT, or a conditional branch
    shifted: bool  # second operand goes through the shifter
    sets_flags: bool

    @property
    def wide(self) -> bool:
        """32 bits long."""
        return self.size == 4

    @property
    def end(self) -> int:
        """Address behind it."""
        return self.address + self.size


def steps(code: bytes, address: int) -> list[Step]:
    """The instructions that stand at `address`; what is none is taken for one of one cycle, by its half-words."""
    found: list[Step] = []
    at = 0
    while at < len(code):
        for instruction in _disassembler().disasm(code[at:], address + at):
            found.append(_step(instruction))
            at += instruction.size
        if at < len(code):
            size = 4 if code[at + 1] >= 0xE8 and at + 4 <= len(code) else 2
            found.append(_unknown(address + at, size))
            at += size
    return found


@cache
def _disassembler() -> Any:
    mode = capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS | capstone.CS_MODE_V8
    disassembler = capstone.Cs(capstone.CS_ARCH_ARM, mode)
    disassembler.detail = True
    return disassembler


def _unknown(address: int, size: int) -> Step:
    return Step(address, size, "unknown", Kind.ALU, 0, 0, 0, 0, 0, False, False, None, False, False, False, False)


_EXACT = {
    **dict.fromkeys(("nop", "hint", "yield", "sev", "dbg", "clrex", "pld", "pli"), Kind.NOP),
    "it": Kind.IT,
    **dict.fromkeys(("sdiv", "udiv"), Kind.DIVIDE),
    **dict.fromkeys(("ldrd",), Kind.LOAD_DOUBLE),
    **dict.fromkeys(("strd",), Kind.STORE_DOUBLE),
    "b": Kind.BRANCH,
    **dict.fromkeys(("cbz", "cbnz"), Kind.COMPARE_BRANCH),
    "bl": Kind.CALL,
    **dict.fromkeys(("bx", "blx", "bxns", "blxns"), Kind.JUMP),
    **dict.fromkeys(("tbb", "tbh"), Kind.TABLE),
    **dict.fromkeys(("mrs", "msr", "cps", "wfi", "wfe", "svc", "bkpt", "udf"), Kind.SYSTEM),
    **dict.fromkeys(("dmb", "dsb", "isb"), Kind.BARRIER),
    "pop": Kind.LOAD_MANY,
    "push": Kind.STORE_MANY,
    "vpop": Kind.FLOAT_LOAD_MANY,
    "vpush": Kind.FLOAT_STORE_MANY,
    "vldr": Kind.FLOAT_LOAD,
    "vstr": Kind.FLOAT_STORE,
    "vdiv": Kind.FLOAT_DIVIDE,
    "vsqrt": Kind.FLOAT_ROOT,
    "vmul": Kind.FLOAT_MULTIPLY,
    "vnmul": Kind.FLOAT_MULTIPLY,
}
_PATTERNS = (
    (r"vldm", Kind.FLOAT_LOAD_MANY),
    (r"vstm", Kind.FLOAT_STORE_MANY),
    (r"vn?(ml|fm|fnm)[as]$|vfnm[as]$|vnml[as]$", Kind.FLOAT_ACCUMULATE),
    (r"v|fmstat|fconst", Kind.FLOAT),
    (r"ldm", Kind.LOAD_MANY),
    (r"stm", Kind.STORE_MANY),
    (r"ldr|lda", Kind.LOAD),
    (r"str|stl", Kind.STORE),
    (r"(umaal|[us]mlal)", Kind.LONG_ACCUMULATE),
    (r"smlsl", Kind.LONG_ACCUMULATE),
    (r"[us]mull$", Kind.LONG_MULTIPLY),
    (r"ml[as]|sml[as]|smml[as]|usada8", Kind.ACCUMULATE),
    (r"mul|smu|smmul|usad8", Kind.MULTIPLY),
)
_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in _PATTERNS)


@cache
def _kind(name: str) -> Kind:
    if name in _EXACT:
        return _EXACT[name]
    return next((kind for pattern, kind in _COMPILED if pattern.match(name)), Kind.ALU)


def _step(instruction: Any) -> Step:
    name = str(instruction.insn_name())
    kind = _kind(name)
    if kind is Kind.FLOAT and name == "vmov" and len(instruction.operands) >= 3:
        kind = Kind.FLOAT_MOVE_TWO
    read, written = instruction.regs_access()
    reads, writes = _mask(instruction, read), _mask(instruction, written)
    memory = [o for o in instruction.operands if o.type == arm.ARM_OP_MEM]
    listed = [o for o in instruction.operands if o.type == arm.ARM_OP_REG]
    words, base = 0, 0
    if kind in (Kind.LOAD_MANY, Kind.STORE_MANY, Kind.FLOAT_LOAD_MANY, Kind.FLOAT_STORE_MANY):
        words, base, reads, writes = _many(instruction, name, listed, reads, writes)
    elif kind in MEMORY:
        words = _words(instruction, kind, listed)
        base = _mask(instruction, [r for o in memory for r in (o.mem.base, o.mem.index) if r])
    literal = None
    if kind in MEMORY and memory and base >> PC & 1 and not memory[0].mem.index:
        literal = (instruction.address + 4 & ~3) + memory[0].mem.disp
    flow = kind in _LEAVE or bool(writes >> PC & 1)
    if flow and kind is Kind.ALU:
        kind = Kind.JUMP
    if name == "bx" and reads >> LR & 1:
        kind = Kind.RETURN
    return Step(
        instruction.address,
        instruction.size,
        name,
        kind,
        words,
        reads & ~(1 << PC),
        writes & ~(1 << PC),
        base & ~(1 << PC),
        _accumulator(instruction, kind, listed),
        any(o.mem.index for o in memory),
        bool(instruction.writeback) or (kind in MEMORY and len(instruction.operands) > len(memory) + words),
        literal,
        flow,
        instruction.cc not in (arm.ARM_CC_AL, arm.ARM_CC_INVALID) or kind is Kind.COMPARE_BRANCH,
        any(o.shift.type for o in instruction.operands)
        and kind not in MEMORY
        and not name.startswith(("uxt", "sxt")),
        bool(writes >> FLAGS & 1),
    )


def _many(instruction: Any, name: str, listed: list[Any], reads: int, writes: int) -> tuple[int, int, int, int]:
    """(words, base, reads, writes) of a load or store of several registers, whose access capstone does not tell."""
    stack = name in ("pop", "push", "vpop", "vpush")
    registers = listed if stack else listed[1:]
    moved = _mask(instruction, [o.reg for o in registers])
    base = 1 << SP if stack else _mask(instruction, [listed[0].reg])
    words = moved.bit_count()
    if name.startswith(("ldm", "pop", "vldm", "vpop")):
        return words, base, reads | base, writes | moved
    return words, base, reads | base | moved, writes & ~moved


def _words(instruction: Any, kind: Kind, listed: list[Any]) -> int:
    if kind in (Kind.LOAD_DOUBLE, Kind.STORE_DOUBLE):
        return 2
    if kind in (Kind.FLOAT_LOAD, Kind.FLOAT_STORE):
        return _mask(instruction, [listed[0].reg]).bit_count()
    return 1


def _accumulator(instruction: Any, kind: Kind, listed: list[Any]) -> int:
    if kind is Kind.ACCUMULATE and len(listed) >= 4:
        return _mask(instruction, [listed[3].reg])
    if kind is Kind.LONG_ACCUMULATE:
        return _mask(instruction, [listed[0].reg, listed[1].reg])
    if kind is Kind.FLOAT_ACCUMULATE:
        return _mask(instruction, [listed[0].reg])
    return 0


def _mask(instruction: Any, registers: list[int]) -> int:
    mask = 0
    for register in registers:
        mask |= _bits(str(instruction.reg_name(register)))
    return mask


@cache
def _bits(name: str) -> int:
    core = {"sb": 9, "sl": 10, "fp": 11, "ip": 12, "sp": SP, "lr": LR, "pc": PC, "cpsr": FLAGS, "apsr_nzcv": FLAGS}
    if name in core:
        return 1 << core[name]
    if found := re.fullmatch(r"([rsd])(\d+)", name):
        number = int(found[2])
        return {"r": 1 << number, "s": 1 << _FIRST_FLOAT + number, "d": 3 << _FIRST_FLOAT + 2 * number}[found[1]]
    return 1 << FLAGS if name.startswith(("apsr", "fpscr")) else 0


def registers(mask: int) -> Iterator[int]:
    """Numbers of the bits set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
