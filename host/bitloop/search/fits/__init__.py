"""How every model is fitted, one module per family. A new one is a module here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from bitloop.search.fits import (
    first,
    learning,
    linear,
    lines,
    neighbours,
    networks,
    outliers,
    rbf,
    ridge_classifier,
    trees,
)
from bitloop.search.fits.entry import Entry

ENTRIES: Mapping[str, Entry] = {
    entry.name: entry
    for entry in (
        *first.ENTRIES,
        *learning.ENTRIES,
        *linear.ENTRIES,
        *lines.ENTRIES,
        *neighbours.ENTRIES,
        *networks.ENTRIES,
        *outliers.ENTRIES,
        *rbf.ENTRIES,
        *ridge_classifier.ENTRIES,
        *trees.ENTRIES,
    )
}
