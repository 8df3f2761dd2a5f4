"""Debug probes: the debug port of virtual boards, pyOCD's plugin that reaches it, and the flasher for every probe."""
