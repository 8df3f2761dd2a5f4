"""Device models of the virtual boards: one file per kind of device, its families as tables."""
