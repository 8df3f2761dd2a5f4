"""The steps there are, by the names they have on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bitloop.errors import BitloopError
from bitloop.signals.shape.columns import remove_axis, remove_columns
from bitloop.signals.shape.concatenate import concatenate
from bitloop.signals.shape.decimate import WAYS, decimate
from bitloop.signals.shape.lines import drop, extract
from bitloop.signals.shape.numbers import Ranges, ranges, shares, whole
from bitloop.signals.shape.reshape import reshape
from bitloop.signals.shape.sheet import Sheet, Sheets
from bitloop.signals.shape.shuffle import shuffle
from bitloop.signals.shape.split import by_block, by_file, by_share
from bitloop.signals.shape.target import target
from bitloop.signals.shape.window import window
from bitloop.signals.table import MAX_VALUES

Work = Callable[[Sheets], Sheets]
_MOST = 1 << 31


@dataclass(frozen=True, slots=True)
class Step:
    """`example` is how it is written, `what` what it does; `read` makes its work from the text behind the colon."""

    name: str
    example: str
    what: str
    read: Callable[[str], Work]


def _each(work: Callable[[Sheet], Sheet]) -> Work:
    return lambda sheets: tuple(work(sheet) for sheet in sheets)


def _some(what: str, work: Callable[[Sheet, Ranges], Sheet]) -> Callable[[str], Work]:
    """The reader of a step that takes ranges of something."""

    def read(text: str) -> Work:
        wanted = ranges(text, what)
        return _each(lambda sheet: work(sheet, wanted))

    return read


def _reshape(text: str) -> Work:
    length = whole(text, 1, MAX_VALUES - 1, "length in samples per axis")
    return _each(lambda sheet: reshape(sheet, length))


def _window(text: str) -> Work:
    first, comma, second = text.partition(",")
    length = whole(first, 1, MAX_VALUES - 1, "length in samples per axis")
    step = whole(second, 1, _MOST, "step in samples") if comma else length
    return _each(lambda sheet: window(sheet, length, step))


def _decimate(text: str) -> Work:
    first, comma, way = text.partition(",")
    factor = whole(first, 2, _MOST, "factor")
    if comma and way not in WAYS:
        raise BitloopError(f"{way!r} is no way to decimate; say {', '.join(WAYS[:-1])} or {WAYS[-1]}")
    return _each(lambda sheet: decimate(sheet, factor, way if comma else WAYS[0]))


def _shuffle(text: str) -> Work:
    seed = whole(text, 0, _MOST, "seed")
    return _each(lambda sheet: shuffle(sheet, seed))


def _concatenate(text: str) -> Work:
    if text:
        raise BitloopError("it takes no value: all files are joined, in their order")
    return concatenate


def _split(text: str) -> Work:
    way, *rest = text.split(",")
    if way == "share":
        parts = shares(rest)
        return lambda sheets: tuple(part for sheet in sheets for part in by_share(sheet, parts))
    if way == "block":
        size = whole(",".join(rest), 1, _MOST, "number of lines")
        return lambda sheets: tuple(part for sheet in sheets for part in by_block(sheet, size))
    if way == "file":
        parts = shares(rest)
        return lambda sheets: by_file(sheets, parts)
    raise BitloopError(f"{way!r} is no way to split; say share,80,20 or block,100 or file,80,20")


def _target(text: str) -> Work:
    try:
        value = np.float32(text)
    except ValueError as error:
        raise BitloopError(f"{text!r} is no number") from error
    if not np.isfinite(value):
        raise BitloopError(f"{text!r} is no usable target; give a number within 3.4e38")
    return _each(lambda sheet: target(sheet, float(value)))


STEPS = {
    step.name: step
    for step in (
        Step("extract", "extract:1-100,250", "keep these lines", _some("lines", extract)),
        Step("drop", "drop:3,7-9", "leave these lines out", _some("lines", drop)),
        Step("remove-columns", "remove-columns:3,7,10-20", "leave columns out", _some("columns", remove_columns)),
        Step("remove-axis", "remove-axis:3", "leave these axes out", _some("axes", remove_axis)),
        Step("window", "window:256,128", "signals of 256 samples per axis, one every 128 (else end to end)", _window),
        Step("reshape", "reshape:256", "cut signals into shorter ones, or join consecutive ones", _reshape),
        Step(
            "decimate",
            "decimate:2",
            "the mean of every 2 samples; decimate:2,pick or decimate:2,filter as a sensor does",
            _decimate,
        ),
        Step("shuffle", "shuffle:1", "the lines in an order drawn from this seed", _shuffle),
        Step("concatenate", "concatenate", "all files as one, in their order", _concatenate),
        Step("split", "split:share,80,20", "parts of 80 and 20 % of each file; also block,100 or file,80,20", _split),
        Step("target", "target:41.5", "put this value in front of every signal, for extrapolation", _target),
    )
}
