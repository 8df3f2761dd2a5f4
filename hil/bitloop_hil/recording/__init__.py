"""Recording from boards and loggers: which port is meant, what comes from it, and what becomes of it."""
