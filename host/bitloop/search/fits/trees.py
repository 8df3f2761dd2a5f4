"""Decision trees, forests and boosting; no scaling changes what a tree can tell."""

from __future__ import annotations

from bitloop.kernels.boosting_classes import BoostingClasses
from bitloop.kernels.forest_classes import ForestClasses
from bitloop.kernels.forest_values import ForestValues
from bitloop.kernels.unrolled_forest import UnrolledForest
from bitloop.search import trees
from bitloop.search.fits.entry import UNSCALED, Entry

_TREE = {"leaves": (4, 8, 16, 32, 64, 128), "least": (1, 2, 4, 8)}
_FOREST = {"trees": (5, 10, 20, 40), "leaves": (8, 16, 32, 64), "share": (0.0, 0.33)}
_BOOSTING = {"trees": (8, 16, 32, 64), "leaves": (3, 6, 12, 24), "share": (0.0, 0.33), "rate": (0.1, 0.2, 0.4)}

ENTRIES = (
    Entry("decision_tree", ForestClasses, trees.fit_decision_tree, _TREE, UNSCALED, rounds=1),
    Entry("random_forest", ForestClasses, trees.fit_random_forest, _FOREST, UNSCALED, rounds=1),
    Entry("extra_trees", ForestClasses, trees.fit_extra_trees, _FOREST, UNSCALED, rounds=1),
    Entry("fast_forest", UnrolledForest, trees.fit_fast_forest, _FOREST, UNSCALED, rounds=1),
    Entry("boosting", BoostingClasses, trees.fit_boosting, _BOOSTING, UNSCALED, rounds=1),
    Entry("decision_tree_values", ForestValues, trees.fit_decision_tree_values, _TREE, UNSCALED, rounds=1),
    Entry("random_forest_values", ForestValues, trees.fit_random_forest_values, _FOREST, UNSCALED, rounds=1),
    Entry("extra_trees_values", ForestValues, trees.fit_extra_trees_values, _FOREST, UNSCALED, rounds=1),
    Entry("boosting_values", ForestValues, trees.fit_boosting_values, _BOOSTING, UNSCALED, rounds=1),
)
