"""What pictures of signals show, as plain numbers: courses, spectra and spectrograms, computed apart from drawing.

Everywhere `x` is either (signals, length, axes), one signal per row, or (samples, axes), a continuous log. `seams`
are the rows of a log before which samples are missing: no transform spans one.
"""

from bitloop.signals.look.course import Course, course
from bitloop.signals.look.spectrogram import Spectrogram, spectrogram
from bitloop.signals.look.spectrum import Spectrum, long_enough, spectrum

__all__ = ["Course", "Spectrogram", "Spectrum", "course", "long_enough", "spectrogram", "spectrum"]
