"""Cycles of code on Cortex-M cores, without the core."""
