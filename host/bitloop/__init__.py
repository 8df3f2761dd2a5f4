"""bitloop: tiny C libraries for vibrating machines, proved bit for bit on the board that runs them."""

__version__ = "0.1.0"
