# How often do 95 % intervals of r hold the truth? The table in the comment of
# package relate. Each line: models, true r, families (None: every model its own;
# else the first has half of the models), heavy tails, and for each interval the
# share that holds r and the mean width. pct: percentiles. bca: bias-corrected
# and accelerated. zt: atanh r plus and minus t standard errors. zq: the same, the
# standard error from quantiles.
#   /usr/bin/python3 coverage.py
import numpy as np
from scipy import stats

rng = np.random.default_rng(1)


def corr(x, y, w):
    """Weighted correlation for each row of weights."""
    n, sx, sy = w.sum(1), w @ x, w @ y
    sxx, syy, sxy = w @ (x * x), w @ (y * y), w @ (x * y)
    with np.errstate(all="ignore"):
        vx, vy = sxx - sx * sx / n, syy - sy * sy / n
        r = (sxy - sx * sy / n) / np.sqrt(vx * vy)
    r[(vx < 1e-9 * sxx) | (vy < 1e-9 * syy)] = np.nan
    return np.clip(r, -1, 1)


def sample(n, rho, families, icc, heavy):
    family = np.arange(n)
    z = rng.standard_normal((n, 2))
    if families:
        share = np.r_[0.5, np.full(families - 1, 0.5 / (families - 1))]
        family = np.r_[np.arange(families), rng.choice(families, n - families, p=share)]
        z = np.sqrt(icc) * rng.standard_normal((families, 2))[family] + np.sqrt(1 - icc) * z
    if heavy:
        z = z * np.sqrt(4 / rng.chisquare(4, size=(n, 1)))
    z = z @ np.linalg.cholesky([[1, rho], [rho, 1]]).T
    return z[:, 0] - z[:, 0].mean(), z[:, 1] - z[:, 1].mean(), family


def intervals(x, y, family, replicates):
    g = family.max() + 1
    weights = rng.multinomial(g, np.full(g, 1 / g), size=replicates).astype(float)[:, family]
    r0 = corr(x, y, np.ones((1, len(x))))[0]
    r = corr(x, y, weights)
    r = r[np.isfinite(r)]
    yield "pct", *np.quantile(r, [0.025, 0.975])
    jack = corr(x, y, np.array([(family != k).astype(float) for k in range(g)]))
    d = np.nanmean(jack) - jack[np.isfinite(jack)]
    a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    below = np.clip(((r < r0).sum() + 0.5 * (r == r0).sum()) / len(r), 0.5 / len(r), 1 - 0.5 / len(r))
    z0 = stats.norm.ppf(below)
    yield "bca", *np.quantile(r, [stats.norm.cdf(z0 + (z0 + q) / (1 - a * (z0 + q))) for q in (-1.96, 1.96)])
    t, z = stats.t.ppf(0.975, g - 1), np.arctanh(np.clip(r, -0.999999, 0.999999))
    for name, se in (("zt", z.std(ddof=1)), ("zq", np.diff(np.quantile(z, [0.1587, 0.8413]))[0] / 2)):
        yield name, np.tanh(np.arctanh(r0) - t * se), np.tanh(np.arctanh(r0) + t * se)


def run(n, rho, families=None, icc=0.6, trials=400, replicates=500, heavy=False):
    held, width = {}, {}
    for _ in range(trials):
        for name, low, high in intervals(*sample(n, rho, families, icc, heavy), replicates):
            held[name] = held.get(name, 0) + (low <= rho <= high) / trials
            width[name] = width.get(name, 0) + (high - low) / trials
    print(n, rho, families, heavy, {k: (round(held[k], 3), round(width[k], 2)) for k in held}, flush=True)


for models in (10, 20, 69):
    for true in (0, 0.5, 0.9):
        run(models, true)
for true in (0.5, 0.9):
    run(40, true, heavy=True)
for many in (6, 12, 25):
    for true in (0, 0.5, 0.9):
        run(69, true, many)
