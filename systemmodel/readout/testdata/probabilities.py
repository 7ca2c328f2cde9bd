#!/usr/bin/env python3
"""Writes probabilities.json: scikit-learn's StandardScaler, LogisticRegression
and NumPy's odd ones out, on the problems of probabilities_test.go.

    python3 probabilities.py > probabilities.json

The solver newton-cg runs until it can do no better, tol=1e-8. "gradient" is the
largest entry of the gradient that is left, by NumPy; "brainscore" is the largest difference
of probabilities to the defaults, tol=1e-4 and max_iter=100. It ran with
scikit-learn 1.2.1 and NumPy 1.24.2, Debian 12's python3-sklearn.
"""
import json, warnings
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")


def draws(seed, n):
    state, out = seed, []
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append((state >> 53) - 1024)
    return np.array(out)


def problem(seed, n, d, k):
    """Integers and powers of two, so every language has the same bits. The last
    unit is constant, at a number that has no exact mean."""
    x = draws(seed, n * d).reshape(n, d) / 2.0 ** (8 + np.arange(d) % 5) + np.arange(d) % 7
    y = np.arange(n) * 7 % k
    x[np.arange(n), y] += 3
    x[:, -1] = 0.1
    return x, y


def gradient(m, x, y, c):
    if m[1].coef_.shape[0] == 1:  # two labels: the weights of one, half the difference
        return None
    error = m.predict_proba(x) - np.eye(len(m.classes_))[y]
    return float(max(np.abs(m[1].coef_ / c + error.T @ m[0].transform(x)).max(), np.abs(error.sum(0)).max()))


CASES = [  # seed, stimuli to fit, units, labels, C
    (1, 60, 20, 4, 1e-3), (2, 40, 150, 5, 1e-3), (3, 50, 10, 2, 1e-3), (4, 240, 600, 24, 1e-3),
    (5, 60, 20, 4, 1.0), (6, 40, 150, 5, 10.0), (7, 30, 30, 3, 1e-6),
]
fits = []
for seed, n, d, k, c in CASES:
    x, y = problem(seed, n + 5, d, k)
    fit, new = slice(0, n), slice(n, n + 5)

    def run(**options):
        m = make_pipeline(StandardScaler(), LogisticRegression(multi_class="multinomial", C=c, **options))
        m.fit(x[fit], y[fit])
        return m

    newton = run(solver="newton-cg", tol=1e-8, max_iter=300)
    plain = run(solver="newton-cg")
    p = newton.predict_proba(x[new])
    fits.append({
        "seed": seed, "stimuli": n, "units": d, "labels": k, "c": c, "probabilities": p.tolist(),
        "gradient": gradient(newton, x[fit], y[fit], c),
        "brainscore": float(np.abs(p - plain.predict_proba(x[new])).max()),
    })

x = draws(9, 40 * 12).reshape(40, 12) / 1024 * 2.0 ** (np.arange(40) % 3)[:, None]
triplets = [[i, (i * 7 + 3 + i % 5) % 40, (i * 11 + 8) % 40] for i in range(40)]
triplets = [t for t in triplets if len(set(t)) == 3]
odd = {"dot": [], "cosine": []}
unit = x / np.linalg.norm(x, axis=1, keepdims=True)
for name, v in (("dot", x), ("cosine", unit)):
    s = v @ v.T
    for t in triplets:
        i, j, k = t
        odd[name].append(t[2 - int(np.argmax([s[i, j], s[i, k], s[j, k]]))])
print(json.dumps({"sklearn": sklearn.__version__, "numpy": np.__version__, "fits": fits, "triplets": triplets, "odd": odd}))
