"""Benches for bitloop: where a library runs on a core and is compared with the emulator, bit by bit."""
