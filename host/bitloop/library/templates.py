"""The one jinja2 environment behind all generated text."""

from __future__ import annotations

from functools import cache

import jinja2

from bitloop import resources
from bitloop.library import tables


@cache
def environment() -> jinja2.Environment:
    """Templates of firmware/templates; a name nobody defined is an error, and every file keeps its last line end."""
    made = jinja2.Environment(  # noqa: S701 - the text is C, not HTML; strings are escaped by c_string
        loader=jinja2.FileSystemLoader(resources.firmware() / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "c_type": tables.c_type,
        "c_float": tables.c_float,
        "c_string": tables.c_string,
        "c_comment": tables.c_comment,
        "braced": tables.braced,
        "statement": tables.statement,
        "id_bytes": _id_bytes,
    }
    return made


def _id_bytes(digits: str) -> str:
    """Hexadecimal digits as the bytes of a C initialiser."""
    return ", ".join(f"0x{byte:02x}u" for byte in bytes.fromhex(digits))
