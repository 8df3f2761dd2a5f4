"""Figures of signals, searches and libraries, from plain data to matplotlib: the same for reports and for a studio.

Every function takes plain numbers and gives a `matplotlib.figure.Figure`, drawn by the Agg backend without pyplot, so
that nothing is kept between figures and any thread may draw. matplotlib is loaded by the first figure.
"""

from bitloop.plots.classes import courses, spectra
from bitloop.plots.confusion import confusion
from bitloop.plots.course import course
from bitloop.plots.history import history
from bitloop.plots.learning import learning
from bitloop.plots.pareto import pareto
from bitloop.plots.recall import recall
from bitloop.plots.report import figures
from bitloop.plots.sampling import sampling
from bitloop.plots.save import FORMATS, render, save
from bitloop.plots.signals import signal_figures
from bitloop.plots.similarity import similarity
from bitloop.plots.spectrogram import spectrogram
from bitloop.plots.spectrum import spectrum
from bitloop.plots.values import values

__all__ = [
    "FORMATS",
    "confusion",
    "course",
    "courses",
    "figures",
    "history",
    "learning",
    "pareto",
    "recall",
    "render",
    "sampling",
    "save",
    "signal_figures",
    "similarity",
    "spectra",
    "spectrogram",
    "spectrum",
    "values",
]
