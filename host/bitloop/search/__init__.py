"""Searching: which preprocessing and which model tell a project's signals apart best within a budget."""

from bitloop.search.loop import search
from bitloop.search.result import Budget, Candidate, Progress, SearchResult

__all__ = ["Budget", "Candidate", "Progress", "SearchResult", "search"]
