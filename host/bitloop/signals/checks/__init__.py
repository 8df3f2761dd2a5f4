"""What can be wrong with signals: rules a search insists on, and what only looks suspicious, an idea per module."""
