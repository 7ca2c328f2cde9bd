// 95 % intervals of a correlation, by the rule of the pages of two nodes (package
// leaderboard/relate): tanh(atanh r ± t(k-1) sd), where k models, or families, have
// both, and sd is the standard deviation of atanh r over 1,000 draws from all models, or
// from all families with all their models. The draws are others than there, so the last
// digit may differ.

const replicates = 1000, minFamilies = 5;

// intervals returns [low, high] for r, resampling models and families of models, and
// how many families there are; null where there is none. Points {x, y, i} are models by
// their place i among all; families has a number for each of these.
export function intervals(points, families) {
  const xs = points.map((p) => p.x), ys = points.map((p) => p.y);
  const place = new Map([...new Set(families)].map((f, i) => [f, i]));
  const family = points.map((p) => place.get(families[p.i])), count = new Set(family).size;
  return {
    models: interval(xs, ys, points.map((p) => p.i), families.length, xs.length),
    families: count < minFamilies ? null : interval(xs, ys, family, place.size, count),
    count,
  };
}

// interval draws from all units; k have both.
function interval(xs, ys, unit, all, k) {
  const r = correlation(xs.map(() => 1), xs, ys), at = atanh(r), random = generator(all), drawn = new Float64Array(all);
  let n = 0, sum = 0, sq = 0;
  for (let b = 0; b < replicates; b++) {
    drawn.fill(0);
    for (let i = 0; i < all; i++) drawn[Math.floor(random() * all)]++;
    const d = atanh(correlation(unit.map((u) => drawn[u]), xs, ys)) - at;
    if (d === d) {
      n++;
      sum += d;
      sq += d * d;
    }
  }
  if (r !== r || k < 2 || n < 0.9 * replicates) return null;
  const half = student(k - 1) * Math.sqrt(Math.max(0, sq - sum * sum / n) / (n - 1));
  return half === 0 ? [r, r] : [Math.tanh(at - half), Math.tanh(at + half)];
}

// correlation returns Pearson's r of weighted points; NaN where the variance of one is
// what rounding leaves of 0.
export function correlation(w, xs, ys) {
  let n = 0, x = 0, y = 0, x2 = 0, y2 = 0, xx = 0, yy = 0, xy = 0;
  for (let i = 0; i < w.length; i++) {
    n += w[i];
    x += w[i] * xs[i];
    y += w[i] * ys[i];
    x2 += w[i] * xs[i] ** 2;
    y2 += w[i] * ys[i] ** 2;
  }
  x /= n;
  y /= n;
  for (let i = 0; i < w.length; i++) {
    const dx = xs[i] - x, dy = ys[i] - y;
    xx += w[i] * dx * dx;
    yy += w[i] * dy * dy;
    xy += w[i] * dx * dy;
  }
  return xx > 1e-12 * x2 && yy > 1e-12 * y2 ? xy / Math.sqrt(xx * yy) : NaN;
}

// atanh is finite at 1 and -1, which draws of few different models reach.
const atanh = (r) => Math.atanh(Math.max(-1 + 1e-6, Math.min(1 - 1e-6, r)));

// student returns the 97.5 % quantile of Student's t, from 4 degrees of freedom on to
// three digits (Abramowitz and Stegun 26.7.5).
export function student(v) {
  const z = 1.959963984540054, z2 = z * z;
  return z + z * (z2 + 1) / (4 * v) + z * ((5 * z2 + 16) * z2 + 3) / (96 * v ** 2) +
    z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * v ** 3) +
    z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / (92160 * v ** 4);
}

// generator returns the same numbers in [0, 1) for the same seed (mulberry32), so
// that a page shows the same interval whenever it is opened.
function generator(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
