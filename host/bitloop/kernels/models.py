"""The models there are, by the name a library file gives them."""

from __future__ import annotations

from bitloop.kernels.base import Model

MODELS: tuple[type[Model], ...] = ()
