# Writes golden.json: correlations, lines, orders, rates and a bend by SciPy and
# NumPy.
#   /usr/bin/python3 golden.py > golden.json      (SciPy 1.10.1, NumPy 1.24.2)
import json

import numpy as np
from scipy import stats
from scipy.cluster.hierarchy import linkage, to_tree
from scipy.spatial.distance import squareform

rng = np.random.RandomState(7)
n, m = 9, 40
common = rng.standard_normal((3, m))
scores = rng.standard_normal((n, 3)) @ common + 0.8 * rng.standard_normal((n, m))
scores = np.round(scores, 1)  # ties
scores[2] += 1e6  # a large mean
scores[rng.uniform(size=scores.shape) < 0.15] = np.nan
scores[8, 6:] = np.nan  # six models: too few

pairs = []
for i in range(n):
    for j in range(i + 1, n):
        ok = np.isfinite(scores[i]) & np.isfinite(scores[j])
        x, y = scores[i][ok], scores[j][ok]
        if ok.sum() < 8:
            pairs.append(dict(i=i, j=j, n=int(ok.sum()), r=None, rho=None))
            continue
        pairs.append(dict(i=i, j=j, n=int(ok.sum()), r=stats.pearsonr(x, y)[0], rho=stats.spearmanr(x, y)[0]))

ok = np.isfinite(scores[0]) & np.isfinite(scores[1]) & np.isfinite(scores[3])
design = np.c_[np.ones(ok.sum()), scores[3][ok]]
res = [s[ok] - design @ np.linalg.lstsq(design, s[ok], rcond=None)[0] for s in (scores[0], scores[1])]
partial = dict(i=0, j=1, z=3, n=int(ok.sum()), r=stats.pearsonr(*res)[0])

ok = np.isfinite(scores[0]) & np.isfinite(scores[1])
x, y = scores[0][ok], scores[1][ok]
line = stats.linregress(x, y)
at = [float(x.min()), 0.25, float(x.max())]
fit = line.intercept + line.slope * np.array(at)
s = np.sqrt(((y - line.intercept - line.slope * x) ** 2).sum() / (len(x) - 2))
half = stats.t.ppf(0.975, len(x) - 2) * s * np.sqrt(1 / len(x) + (np.array(at) - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())

p = np.array([0.001, 0.04, 0.04, 0.03, 0.6, 1e-8, 0.2, 0.011])
order = np.argsort(p, kind="stable")
q = np.empty_like(p)
q[order] = np.minimum(1, np.minimum.accumulate((p[order] * len(p) / np.arange(1, len(p) + 1))[::-1])[::-1])

# SciPy joins the clusters; the best order is found by trying all flips of its
# branches. (For 25 benchmarks optimal_leaf_ordering of SciPy 1.10.1 returned an
# order that is longer than another that the tree allows.)
def flips(node):
    if node.is_leaf():
        return [[node.id]]
    left, right = flips(node.left), flips(node.right)
    return [o for a in left for b in right for o in (a + b, b + a)]


orders = []
for k in (3, 8, 13):
    r = np.corrcoef(rng.standard_normal((k, 4)) + 2 * rng.standard_normal((k, 1)))
    d = squareform(np.clip(1 - r, 0, None), checks=False)
    length = lambda o: float(sum(1 - r[a, b] for a, b in zip(o, o[1:])))
    best = min(flips(to_tree(linkage(d, "average"))), key=length)
    orders.append(dict(r=r.tolist(), length=length(best), order=[int(i) for i in best]))

# A bend, by a search over the same candidates with NumPy's least squares.
bx = np.sort(rng.uniform(0, 1, 60))
by = np.where(bx < 0.6, 2 * bx, 1.2) + 0.05 * rng.standard_normal(60)
best = None
side = max(5, len(bx) // 10)
for c in range(side - 1, len(bx) - side):
    a = np.c_[np.ones(60), bx, np.clip(bx - bx[c], 0, None)]
    coef = np.linalg.lstsq(a, by, rcond=None)[0]
    sse = ((by - a @ coef) ** 2).sum()
    if best is None or sse < best["sse"]:
        best = dict(sse=sse, at=bx[c], below=coef[1], above=coef[1] + coef[2], height=coef[0] + coef[1] * bx[c])

nan = lambda a: [[None if np.isnan(v) else v for v in row] for row in a.tolist()]
print(json.dumps(dict(
    scores=nan(scores), pairs=pairs, partial=partial,
    line=dict(x=x.tolist(), y=y.tolist(), intercept=line.intercept, slope=line.slope, at=at, low=(fit - half).tolist(), high=(fit + half).tolist()),
    p=p.tolist(), q=q.tolist(), orders=orders, bend=dict(x=bx.tolist(), y=by.tolist(), **best)), indent=None))
