"""Names a user gives: safe as a file name on every system, as a C string, and in a terminal."""

from __future__ import annotations

from bitloop.errors import ProjectError

_MAX = 100
_FORBIDDEN = '/\\:*?"<>|%'
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def check_name(name: str, what: str) -> str:
    """The name itself; ProjectError says what is wrong with it. `what` is for the message: 'class', 'project', ..."""
    fault = _fault(name)
    if fault:
        raise ProjectError(f"{name!r} cannot be the name of a {what}: {fault}")
    return name


def _fault(name: str) -> str:
    if not name or name != name.strip():
        return "it is empty, or begins or ends with a blank"
    if len(name.encode("utf-8", "replace")) > _MAX:
        return f"it is longer than {_MAX} bytes"
    if not name.isprintable():
        return "it has characters that cannot be printed"
    bad = next((c for c in name if c in _FORBIDDEN), None)
    if bad is not None:
        return f"{bad} may not be part of it"
    if name[0] in ".-" or name[-1] == ".":
        return "it begins with a dot or a dash, or ends with a dot"
    if name.split(".")[0].lower() in _DEVICES:
        return "Windows keeps this name for a device"
    return ""
