#!/usr/bin/env python3
"""Writes surprisal.json: surprisal by SciPy's log_softmax, of the model in
language_test.go, whose logits depend on all ids that it sees.

    python3 surprisal.py > surprisal.json

The windows are computed one token at a time: a token is predicted from the ids
since the start of the first window that has it. It ran with NumPy 1.24.2 and
SciPy 1.10.1, Debian 12.
"""
import json, math
import numpy as np
import scipy
from scipy.special import log_softmax

VOCABULARY = 50


def draws(seed, n):
    state, out = seed, []
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append((state >> 53) - 1024)
    return out


def logits(seen):
    seed = 17
    for i in seen:
        seed = (seed * 31 + i) % 2**64
    return np.array(draws(seed, VOCABULARY), dtype=np.float64) / 64 + 700


def surprisal(ids, context, stride, begin):
    ids = ([] if begin is None else [begin]) + ids
    out = [None]
    for t in range(1, len(ids)):
        window = 0 if t < context else math.ceil((t - context + 1) / stride)
        out.append(float(-log_softmax(logits(ids[window * stride:t]))[ids[t]]))
    return out if begin is None else out[1:]


ids = [d % VOCABULARY for d in draws(5, 23)]
region = [i // 3 for i in range(23)]
cases = []
for context, stride, begin in ((64, 0, None), (64, 0, 7), (8, 0, None), (8, 3, 7), (2, 1, None), (23, 0, None), (23, 5, 7), (9, 8, None)):
    nats = surprisal(ids, context, stride or max(1, context // 2), begin)
    values = np.array([np.nan if v is None else v for v in nats])
    sums = [values[np.array(region) == r].sum() for r in range(8)]
    cases.append({"context": context, "stride": stride, "begin": begin, "nats": nats,
                  "bits": [None if np.isnan(s) else float(s / np.log(2)) for s in sums]})
print(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "ids": ids, "cases": cases}))
