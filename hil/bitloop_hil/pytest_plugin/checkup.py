"""Is it the board, or what ran on it? The smallest library there is tells: it only has to be flashed and to greet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bitloop.errors import BitloopError
from bitloop.kernels.pipeline import Pipeline, Preprocessing
from bitloop.kernels.ridge import Ridge
from bitloop.library.file import Library
from bitloop_hil.boards import board_file
from bitloop_hil.images import build_image
from bitloop_hil.proof import BROKEN, classify

if TYPE_CHECKING:
    from bitloop_hil.board import Board

_SAMPLES = 8


def check_up(board: Board) -> str:
    """What is wrong with a board, in words; empty if it runs the tiny library."""
    library = Library(Pipeline(Preprocessing(1, _SAMPLES, ((),)), Ridge(np.ones(_SAMPLES, dtype=np.float32), 0.0)))
    try:
        image = build_image(library, board_file(board.name))
        board.flash(image.path)
        board.reset()
        with board.link() as link:
            link.greet(library.id, image.build)
            link.init()
    except BitloopError as error:
        verdict, failure = classify(error)
        return f"{failure}: {error}" if verdict == BROKEN else ""
    return ""
