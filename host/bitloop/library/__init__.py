"""Libraries: the file that describes one, the C generated from it, what is built and packed, and its sizes."""

from bitloop.library.file import KINDS, Library

__all__ = ["KINDS", "Library"]
