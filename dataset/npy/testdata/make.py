"""Writes the .npy files that the tests read."""
import numpy as np
from numpy.lib import format

for name, dtype in [("f2", "<f2"), ("f4", "<f4"), ("f8", "<f8"), ("i1", "|i1"), ("i2", "<i2"), ("i4", "<i4"), ("i8", "<i8"), ("u1", "|u1"), ("b1", "|b1")]:
    np.save(name + ".npy", (np.arange(24) * 5).astype(dtype).reshape(2, 3, 4))
np.save("scalar.npy", np.float32(2.5))
np.save("empty.npy", np.zeros((3, 0)))
np.save("vector.npy", np.array([0.1, -np.inf], dtype="<f4"))
np.save("fortran.npy", np.zeros((2, 3)).T)
np.save("big.npy", np.zeros(3, dtype=">f4"))
np.save("object.npy", np.array([None]), allow_pickle=True)
np.save("struct.npy", np.zeros(1, dtype=[("a", "<f4")]))
np.save("complex.npy", np.zeros(1, dtype="<c8"))
for version in (2, 3):
    with open(f"v{version}.npy", "wb") as f:
        format.write_array(f, np.arange(6, dtype="<f4").reshape(2, 3), version=(version, 0))
