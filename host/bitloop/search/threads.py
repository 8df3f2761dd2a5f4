"""One thread per worker: threads of the numeric libraries would fight over the cores, and gain little."""

from __future__ import annotations

from typing import Any


def single() -> Any:
    """Limits every numeric library to one thread from now on; as a context manager until its end."""
    load()  # a limit only reaches libraries that are loaded
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(1)


def load() -> None:
    """Import what fitting needs; it takes a second or two."""
    import scipy.optimize  # noqa: F401
    import sklearn.tree  # noqa: F401
