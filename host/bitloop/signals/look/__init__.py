"""What pictures of signals show, as plain numbers: courses, spectra and spectrograms, computed apart from drawing.

Everywhere `x` is either (signals, length, axes), one signal per row, or (samples, axes), a continuous log.
"""

from bitloop.signals.look.course import Course, course
from bitloop.signals.look.spectrogram import Spectrogram, spectrogram
from bitloop.signals.look.spectrum import SHORTEST, Spectrum, spectrum

__all__ = ["SHORTEST", "Course", "Spectrogram", "Spectrum", "course", "spectrogram", "spectrum"]
