#!/usr/bin/env python3
"""Writes choose.json: decisions by SciPy's softmax and NumPy's mean and argmax.

    python3 choose.py /path/to/model-vs-human > choose.json

The indices are read from human_categories.py of bethgelab/model-vs-human
(commit 2921634), not from this repository. The logits are those of func logits in
choose_test.go. It ran with NumPy 1.24.2 and SciPy 1.10.1, Debian 12.
"""
import json, re, sys
import numpy as np
import scipy, scipy.special


def logits(seed):
    state, out = seed, []
    for _ in range(1000):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(((state >> 53) - 1024) / 128)
    return np.array(out, dtype=np.float32)


source = open(sys.argv[1] + "/modelvshuman/helper/human_categories.py").read()
classes = {m[1]: [int(i) for i in re.findall(r"\d+", m[2])] for m in re.finditer(r"(\w+)_indices = \[([^\]]*)\]", source)}
labels = sorted(classes)
choices = []
for seed in range(1, 201):
    p = scipy.special.softmax(logits(seed).astype(np.float64))
    means = np.array([p[classes[c]].mean() for c in labels])
    choices.append(int(means.argmax()))
print(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "classes": classes, "choices": choices}))
