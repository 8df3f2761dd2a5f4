"""Faults on purpose: on the line, in the board, in its flash and in its probe, each made to order and repeatable.

* `FaultyTransport` spoils the bytes of a link: dropped, doubled, flipped, delayed, merged, or cut off in mid-frame.
* `inject` makes a virtual board misbehave; `KINDS` says which faults there are and what each has to end in.
* `WrappedBoard` puts a `FaultyTransport` (or a capture) on every link of a board, so that a proof runs over it.
* `campaign` counts what becomes of many frames under faults.

Everything is drawn from a seed: the same seed spoils the same bytes, however they are cut into pieces.
"""

from bitloop_hil.faults.kinds import KINDS, Kind, inject
from bitloop_hil.faults.line import Done, FaultyTransport, LineFaults
from bitloop_hil.faults.wrapped import WrappedBoard

__all__ = ["KINDS", "Done", "FaultyTransport", "Kind", "LineFaults", "WrappedBoard", "inject"]
