"""Kernels to plain data and back: `{"kernel": name, field: value, ...}`, checked field by field on the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bitloop.errors import LibraryError

# Array fields carry their element type in the annotation, so that reading can check it.
F32 = Annotated[NDArray[np.float32], np.dtype(np.float32)]
U8 = Annotated[NDArray[np.uint8], np.dtype(np.uint8)]
U16 = Annotated[NDArray[np.uint16], np.dtype(np.uint16)]
I8 = Annotated[NDArray[np.int8], np.dtype(np.int8)]
U32 = Annotated[NDArray[np.uint32], np.dtype(np.uint32)]
I16 = Annotated[NDArray[np.int16], np.dtype(np.int16)]
I32 = Annotated[NDArray[np.int32], np.dtype(np.int32)]

T = TypeVar("T")


def to_record(kernel: Any) -> dict[str, Any]:
    """Plain data of a kernel dataclass. float32 values become the shortest decimals that read back exactly."""
    return {"kernel": kernel.kernel, **{f.name: _plain(getattr(kernel, f.name)) for f in fields(kernel)}}


def from_record(data: object, classes: Sequence[type[T]]) -> T:
    """The kernel a record describes, or a LibraryError naming the field at fault."""
    if not isinstance(data, Mapping):
        raise LibraryError("a kernel has to be an object with a 'kernel' field; the library file is damaged")
    by_name: dict[str, type[T]] = {getattr(c, "kernel"): c for c in classes}  # noqa: B009
    name = data.get("kernel")
    found = by_name.get(name) if isinstance(name, str) else None
    if found is None:
        raise LibraryError(f"kernel {name!r} is unknown to this version of bitloop")
    read = getattr(found, "read", None)  # of kernels that hold further ones
    if read is not None:
        return cast(T, read(data, classes))
    hints = get_type_hints(found, include_extras=True)
    wanted = [f.name for f in fields(found)]  # type: ignore[arg-type]
    if set(data) != {"kernel", *wanted}:
        raise LibraryError(f"kernel {name!r} needs exactly the fields {', '.join(wanted) or '(none)'}")
    return found(**{field: _read(data[field], hints[field], f"{name}.{field}") for field in wanted})


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.floating):
        return float(str(value))
    if isinstance(value, np.integer):
        return int(value)
    if hasattr(value, "to_record"):
        return value.to_record()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _read(value: Any, hint: Any, where: str) -> Any:
    if get_origin(hint) is Annotated:
        return _array(value, get_args(hint)[1], where)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise LibraryError(f"{where} has to be a list")
        return tuple(_read(item, get_args(hint)[0], where) for item in value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise LibraryError(f"{where} has to be of type {hint.__name__}")
    return value


def _array(value: Any, dtype: np.dtype[Any], where: str) -> NDArray[Any]:
    try:
        wide = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise LibraryError(f"{where} has to be an array of numbers with rows of equal length") from error
    if not np.isfinite(wide).all():
        raise LibraryError(f"{where} has values that are not finite")
    with np.errstate(all="ignore"):
        narrow = wide.astype(dtype)
    exact = np.isfinite(narrow).all() if dtype.kind == "f" else np.array_equal(narrow, wide)
    if not exact:
        raise LibraryError(f"{where} has values outside the range of {dtype}")
    narrow.setflags(write=False)
    return narrow
