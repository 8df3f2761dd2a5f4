"""A project: a folder of plain files with the user's signals, the settings, and the libraries that were found."""

from bitloop.project.found import Found, front
from bitloop.project.names import check_name
from bitloop.project.place import Place, boards, place
from bitloop.project.project import Entry, Project
from bitloop.project.settings import Settings
from bitloop.project.shelf import Shelf

__all__ = ["Entry", "Found", "Place", "Project", "Settings", "Shelf", "boards", "check_name", "front", "place"]
