"""Active segments: same bits on every executor, the part and the means they claim, and bounds whatever comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitloop.errors import LibraryError
from bitloop.kernels.active_segments import ActiveSegments
from bitloop.kernels.base import Shape
from tests.parity.matrix import assert_stage_parity
from tests.parity.strategies import signals


@given(signals(axes=12), st.sampled_from([4, 6, 12]), st.data())
def test_same_bits_on_every_executor(x: np.ndarray, frames: int, data: st.DataObject) -> None:
    steps = data.draw(st.booleans())
    segments = data.draw(st.integers(1, (frames + 1) // 2 if steps else frames))
    share = data.draw(st.sampled_from([0.0, 0.3, 0.5, 1.0]))
    assert_stage_parity(
        ActiveSegments(frames, segments, share, data.draw(st.sampled_from([0.0, 0.3, 1.0])), steps), x
    )


@given(signals(axes=10, limit=1e6), st.sampled_from([0.2, 0.6]), st.integers(1, 10))
def test_same_bits_where_the_active_part_is_short(x: np.ndarray, share: float, segments: int) -> None:
    x[:, 3:5] += np.float32(1e7)
    assert_stage_parity(ActiveSegments(10, segments, share, 0.0, False), x)


def test_nan_and_infinity_are_the_same_everywhere() -> None:
    x = np.ones((4, 6, 3), dtype=np.float32)
    x[0, 2, 1], x[1, 4, 0], x[2, 1, 2], x[3] = np.nan, np.inf, -np.inf, 3e38
    for share in (0.0, 0.4):
        assert_stage_parity(ActiveSegments(6, 3, share, 1.0, True), x)
        assert_stage_parity(ActiveSegments(3, 2, share, 0.0, True), x)


def test_takes_the_part_from_the_first_to_the_last_loud_frame() -> None:
    level = np.array([0, 1, 9, 2, 8, 10, 3, 0], dtype=np.float32)
    x = np.stack([level, -level / 2], axis=1)[None]
    got = ActiveSegments(8, 2, 0.75, 0.0, False).reference(x)  # frames 2 to 5
    np.testing.assert_array_equal(got[0], [[5.5, -2.75], [9.0, -4.5]])
    whole = ActiveSegments(8, 2, 0.0, 0.0, False).reference(x)
    np.testing.assert_array_equal(whole[0, :, 0], [3.0, 5.25])


def test_segments_of_a_part_shorter_than_they_repeat_its_frames() -> None:
    x = np.array([0, 0, 5, 7, 0, 0], dtype=np.float32).reshape(1, 6, 1)
    got = ActiveSegments(6, 4, 0.5, 0.0, False).reference(x)
    np.testing.assert_array_equal(got[0, :, 0], [5, 5, 7, 7])


def test_centres_and_adds_steps() -> None:
    x = np.array([1, 2, 6, 2, 2, 2], dtype=np.float32).reshape(1, 6, 1)  # two axes of three frames
    stage = ActiveSegments(3, 2, 0.0, 1.0, True)
    assert stage.shape(Shape(6, 1)) == Shape(6, 1)
    np.testing.assert_array_equal(stage.reference(x)[0, :, 0], [-1.5, 1.5, 3, 0, 0, 0])
    half = ActiveSegments(3, 2, 0.0, 0.5, True).reference(x)
    np.testing.assert_array_equal(half[0, :, 0], [-0.25, 2.75, 3, 1, 1, 0])


def test_refuses_more_rows_than_frames_and_other_shapes() -> None:
    with pytest.raises(LibraryError, match="4 frames do not make 5 rows"):
        ActiveSegments(4, 5, 0.3, 0.0, False)
    with pytest.raises(LibraryError, match="4 frames do not make 5 rows"):
        ActiveSegments(4, 3, 0.3, 0.0, True)
    with pytest.raises(LibraryError, match="9 rows are not a multiple of 4 frames"):
        ActiveSegments(4, 3, 0.3, 0.0, False).shape(Shape(9, 2))
    with pytest.raises(LibraryError, match=r"active_segments\.share has to be from 0 to 1"):
        ActiveSegments(4, 3, 1.5, 0.0, False)
    with pytest.raises(LibraryError, match=r"active_segments\.centering has to be from 0 to 1"):
        ActiveSegments(4, 3, 0.5, -0.1, False)
