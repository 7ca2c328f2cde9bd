#!/usr/bin/env python3
"""Writes edge.json: what scikit-learn makes of the problems of edge_test.go."""
import json, os, warnings
import numpy as np
from scipy.stats import pearsonr
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import KFold, ShuffleSplit

warnings.simplefilter("ignore")


def problem(seed, n, p, q, k):
    """The integers of func problem in golden_test.go."""
    state = seed

    def draw():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 53) - 1024

    xi = np.array([draw() for _ in range(n * p)]).reshape(n, p)
    wi = np.array([draw() >> 4 for _ in range(k * q)]).reshape(k, q)
    noise = np.array([draw() for _ in range(n * q)]).reshape(n, q)
    x = xi / 2.0 ** (10 + np.arange(p) // 8)
    return x, (xi[:, :k] @ wi + 64 * noise) / 65536 + np.arange(q) % 3


def alphas():
    a = [0.01, 0.1, 0.5, 1.0] + list(np.linspace(10, 100, 4, endpoint=False))
    for lo in (1e2, 1e3, 1e4, 1e5):
        a += list(np.linspace(lo, 10 * lo, 18, endpoint=False))
    return a + list(np.linspace(1e6, 1e7, 19))


def correlations(prediction, target):
    prediction = prediction.reshape(target.shape)
    r = [pearsonr(prediction[:, j], target[:, j])[0] for j in range(min(8, target.shape[1]))]
    return [None if np.isnan(v) else v for v in r]


def best_features(x, y):
    r = np.array([[pearsonr(x[:, i], y[:, j])[0] for i in range(x.shape[1])] for j in range(y.shape[1])])
    return [0 if np.isnan(row).all() else np.nanargmax(row) for row in r]


def fit(x, y, folds, components):
    out = {k: [] for k in ("pls", "ridge", "ridgecv", "linear", "onetoone")}
    for train, test in folds:
        xt, yt, xe, ye = x[train], y[train], x[test], y[test]
        pls = PLSRegression(components, scale=False).fit(xt, yt)
        out["pls"].append({"r": correlations(pls.predict(xe), ye), "n_iter": [int(i) for i in pls.n_iter_]})
        out["ridge"].append({"r": correlations(Ridge(1.0).fit(xt, yt).predict(xe), ye)})
        cv = RidgeCV(alphas()).fit(xt, yt)
        out["ridgecv"].append({"r": correlations(cv.predict(xe), ye), "alpha": cv.alpha_, "best_score": cv.best_score_})
        out["linear"].append({"r": correlations(LinearRegression().fit(xt, yt).predict(xe), ye)})
        unit = xe[:, best_features(xt, yt)]
        unit[:, yt.std(0) == 0] = 0
        out["onetoone"].append({"r": correlations(unit, ye)})
    return out


def constant_first(x, y):
    y[:, 0] = 3
    x[:, 5] = x[:, 2]


def constant_features(x, y):
    x[:, 4], x[:, 9] = 7, 0


def constant_neuroid(x, y):
    y[:, 2] = 5


def sixths(x):
    i = np.arange(len(x))
    return [(i[i % 6 != 5], i[i % 6 == 5])]


def shuffle(splits, size):
    return lambda x: list(ShuffleSplit(splits, train_size=size, random_state=1).split(x))


def four_folds(x):
    return list(KFold(4).split(x))


CASES = {  # seed, n, p, q, informative features, components, splits, edit
    "one target": (4, 48, 20, 1, 6, 8, sixths, None),
    "constant first target, duplicated feature": (5, 60, 24, 6, 5, 12, sixths, constant_first),
    "constant features": (6, 60, 20, 5, 5, 10, sixths, constant_features),
    "constant neuroid": (7, 50, 30, 4, 5, 10, sixths, constant_neuroid),
    "few stimuli": (8, 18, 40, 3, 4, 25, sixths, None),
    "shuffle splits": (9, 70, 90, 12, 7, 9, shuffle(4, 0.9), None),
    "small training sets": (10, 64, 20, 5, 5, 6, shuffle(3, 0.4), None),
    "many targets, many features": (11, 40, 150, 130, 9, 7, four_folds, None),
    "many targets, few features": (12, 80, 12, 300, 6, 8, four_folds, None),
}

result = {}
for name, (seed, n, p, q, k, components, splits, edit) in CASES.items():
    x, y = problem(seed, n, p, q, k)
    if edit:
        edit(x, y)
    result[name] = {"seed": seed, "n": n, "p": p, "q": q, "k": k, "n_components": components,
                    "folds": fit(x, y, splits(x), components)}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "edge.json")
with open(path, "w") as f:
    json.dump({"source": "scikit-learn 1.2.1, NumPy 1.24.2, SciPy 1.10.1", "cases": result}, f, separators=(",", ":"))
