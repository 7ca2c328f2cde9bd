"""Writes scipy.mat, which the tests read. The header holds the date of writing, so the bytes differ from run to run."""
import numpy as np
import scipy.io
import scipy.sparse

s = np.zeros((2, 1), dtype=[("v", object), ("label", object)])
s[0, 0] = (np.arange(6, dtype=np.int16).reshape(2, 3), "first")
s[1, 0] = ({"deep": np.float32(0.5)}, "")
c = np.empty((1, 3), dtype=object)
c[0, 0], c[0, 1], c[0, 2] = np.uint8(7), "Übung", np.zeros((0, 2))
scipy.io.savemat("scipy.mat", {
    "f64": np.array([[1.5, -2.0], [np.nan, np.inf]]),
    "f32": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
    "i8": np.array([[-128, 127]], dtype=np.int8),
    "u64": np.array([[2**63]], dtype=np.uint64),
    "yes": np.array([[True], [False]]),
    "rows": np.array(["abc", "de"]),
    "s": s,
    "c": c,
    "z": np.array([[1 + 2j]]),
    "sp": scipy.sparse.eye(3).tocsc(),
}, do_compression=True)
