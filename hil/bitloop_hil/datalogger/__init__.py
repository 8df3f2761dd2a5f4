"""Dataloggers: firmware that reads one sensor of a board and sends what it measures, written as a folder of C.

`sensors` has what the sensors can do, `plan` decides what is asked of one, `carry` whether board, bus and line take
it, `make` makes the folder and its image.
"""
