"""Run by the Python that has emlearn (see emlearn.py): trains on digits, writes emlearn's C and our input.

python -I emlearn_models.py FOLDER
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier

from emlearn import convert

LEARN = 1000
FORESTS = (
    ("inline", "float", 8),
    ("inline", "int16_t", 8),
    ("loadable", "int16_t", 8),
    ("inline", "float", 0),
    ("inline", "int16_t", 0),
    ("loadable", "int16_t", 0),
)


def main(folder: Path) -> None:
    x, y = load_digits(return_X_y=True)
    learn, label, seen = x[:LEARN], y[:LEARN], x[LEARN:]
    forest = RandomForestClassifier(20, max_leaf_nodes=24, random_state=1).fit(learn, label)
    for method, dtype, bits in FORESTS:
        made = convert(forest, method=method, dtype=dtype, leaf_bits=bits)
        made.save(file=str(folder / f"forest_{method}_{dtype}_{bits}.h"), name="forest")
    bayes = GaussianNB(var_smoothing=1e-3).fit(learn, label)
    convert(bayes).save(file=str(folder / "bayes.h"), name="bayes")
    net = MLPClassifier((32,), max_iter=300, random_state=1).fit(learn / 16.0, label)
    np.savez(
        folder / "models.npz",
        seen=seen.astype(np.float32),
        label=y[LEARN:],
        forest=forest.predict_proba(seen),
        bayes=bayes.predict(seen),
        bayes_mean=bayes.theta_,
        bayes_variance=bayes.var_,
        net_weights=net.coefs_[0],
        net_bias=net.intercepts_[0],
        learn=learn / 16.0,
        learn_label=label,
    )
    trees = [tree.tree_ for tree in forest.estimators_]
    names = ("children_left", "children_right", "feature", "threshold", "value")
    record = [{name: getattr(tree, name).tolist() for name in names} for tree in trees]
    (folder / "forest.json").write_text(json.dumps(record))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
