"""Which signals of a project a proof sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bitloop.signals.dataset import Dataset


def choose_signals(
    dataset: Dataset, most: int, learning: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """Signals to learn (None unless anomaly) and to judge: evenly from every label, about `most` in all.

    Of the regular signals one half is learned, but no fewer than the library's `learning`, and the others are judged
    with the abnormal ones.
    """
    import numpy as np

    share = max(1, most // max(1, len(dataset.labels)))
    if dataset.kind != "anomaly":
        return None, np.concatenate([_thinned(dataset.labelled(label), share) for label in dataset.labels])
    regular = dataset.labelled("regular")
    count = max(learning, min(share, len(regular)) // 2, 1)
    learned = _evenly(len(regular), count)
    rest = np.setdiff1d(np.arange(len(regular)), learned)
    judged = [regular[rest if len(rest) else learned]]
    judged += [dataset.labelled(label) for label in dataset.labels if label != "regular"]
    return regular[learned], np.concatenate([_thinned(x, max(1, share // 2)) for x in judged])


def _thinned(x: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    chosen: NDArray[np.float32] = x[_evenly(len(x), most)]
    return chosen


def _evenly(count: int, most: int) -> NDArray[np.int64]:
    """At most that many numbers below `count`, spread evenly, in order."""
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
