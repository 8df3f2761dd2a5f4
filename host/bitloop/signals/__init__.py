"""Signals: reading them from files, checking them, and the data set a search works on."""
