"""The models there are, by the name a library file gives them."""

from __future__ import annotations

from bitloop.kernels.base import Model
from bitloop.kernels.gaussian import Gaussian
from bitloop.kernels.linear import Linear
from bitloop.kernels.ridge import Ridge
from bitloop.kernels.running_gaussian import RunningGaussian

MODELS: tuple[type[Model], ...] = (RunningGaussian, Gaussian, Linear, Ridge)
