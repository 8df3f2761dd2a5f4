"""Numbers and strings in generated C: exact, safe, and nothing else than what was meant."""

from __future__ import annotations

import numpy as np
import pytest
from cffi import FFI
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.library.options import Options
from bitloop.library.tables import braced, c_comment, c_float, c_string, c_type, statement
from bitloop.targets import target
from bitloop.toolchain import Flags, Sources, Toolchain, available
from tests.parity.strategies import floats


@given(floats())
def test_a_float_reads_back_bit_for_bit(value: float) -> None:
    text = c_float(value)
    assert text.endswith("f")
    assert "." in text or "e" in text
    assert np.float32(text.removesuffix("f")).tobytes() == np.float32(value).tobytes()


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_compilers_read_every_float_back_too(compiler: str) -> None:
    if not available(compiler, target("host")):
        pytest.skip(f"{compiler} is not installed")
    random = np.random.default_rng(4).integers(0, 2**32, 4000, dtype=np.uint32).view(np.float32)
    special = np.array([0.0, -0.0, 1e-45, 1.1754942e-38, 3.4028235e38, 0.1, 1e7, 9999999.0, 1e-4], dtype=np.float32)
    values = np.concatenate([special, random[np.isfinite(random)]])
    text = f"extern const float values[]; const float values[{len(values)}] = {braced(values)};\n"
    toolchain = Toolchain(compiler, target("host"))
    ffi = FFI()
    ffi.cdef(f"extern const float values[{len(values)}];")
    library = ffi.dlopen(str(toolchain.shared(Sources({"values.c": text.encode()}), Flags(), "values.so")))
    assert bytes(ffi.buffer(library.values)) == values.tobytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_no_constant(value: float) -> None:
    with pytest.raises(LibraryError, match="cannot be a constant"):
        c_float(value)


@given(st.text(max_size=20))
def test_a_string_keeps_its_bytes_and_ends_no_comment(text: str) -> None:
    literal = c_string(text)
    assert "*/" not in literal
    assert "/*" not in literal
    assert "??" not in literal
    assert literal.isascii()
    assert literal.isprintable()
    assert _read_back(literal) == text.encode()
    assert "*/" not in c_comment(text)


def _read_back(literal: str) -> bytes:
    out, inner, at = bytearray(), literal[1:-1], 0
    while at < len(inner):
        if inner[at] != "\\":
            out.append(ord(inner[at]))
            at += 1
        elif inner[at + 1] in '"\\':
            out.append(ord(inner[at + 1]))
            at += 2
        else:
            out.append(int(inner[at + 1 : at + 4], 8))
            at += 4
    return bytes(out)


def test_tables_are_laid_out_to_be_read() -> None:
    assert braced(np.array([1, 2, 65535], dtype=np.uint16)) == "{1, 2, 65535}"
    matrix = braced(np.array([[1, -2], [3, 4]], dtype=np.float32))
    assert matrix == "{\n    1.0f, -2.0f,\n    3.0f, 4.0f,\n}"
    assert max(map(len, braced(np.arange(1000, dtype=np.float32)).splitlines())) <= 118
    with pytest.raises(LibraryError, match="no place"):
        c_type(np.zeros(1))


def test_statements_end_once_and_are_wrapped() -> None:
    assert statement("f(x)") == "f(x);"
    assert statement("f(x);") == "f(x);"
    assert max(map(len, statement("f(" + ", ".join(["argument"] * 40) + ")").splitlines())) <= 118


@pytest.mark.parametrize("suffix", ["a b", "a-b", "ä", "*/", "_x", "x;", 'x"', "x\n"])
def test_a_suffix_that_is_no_name_is_refused(suffix: str) -> None:
    with pytest.raises(LibraryError, match="suffix"):
        Options(suffix=suffix)
