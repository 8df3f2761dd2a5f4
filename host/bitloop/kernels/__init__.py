"""Numeric building blocks. Each has three rooms of the same name: this folder, firmware/kernels, tests/parity.

`base` says what a kernel is; `stages` and `models` list them; `executor` is whatever runs their C.
"""
