// The difference of two models at a node, as leaderboard.Difference in Go.

// The signs of base64, by the codes of which their values are found.
var values64 = [];
for (var i = 0; i < 64; i++) {
  values64["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
}

// replicates returns the bootstrap values of a cell; null where it has none.
// Each is two digits of base 64, so many times cell.unit above cell.from; the
// last number, 4095, is NaN.
export function replicates(cell) {
  if (!cell.replicates) return null;
  if (cell.values) return cell.values;
  var text = cell.replicates, out = new Float64Array(text.length / 2);
  for (var i = 0; i < out.length; i++) {
    var k = values64[text.charCodeAt(2 * i)] * 64 + values64[text.charCodeAt(2 * i + 1)];
    out[i] = k === 4095 ? NaN : cell.from + k * cell.unit;
  }
  cell.values = out;
  return out;
}

// quantile of sorted numbers, linear between them, as NumPy's default.
export function quantile(sorted, q) {
  var at = q * (sorted.length - 1), i = Math.floor(at);
  if (i >= sorted.length - 1) return sorted[sorted.length - 1];
  return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

// difference returns x - y with the 95 % interval of the paired difference, and
// null where one has no value, or a mean lacks a benchmark. Without replicates
// in common low and high are null.
export function difference(x, y) {
  if (x.value === undefined || y.value === undefined || x.coverage || y.coverage) return null;
  var out = { value: x.value - y.value, low: null, high: null };
  var a = replicates(x), b = replicates(y);
  if (!a || !b || a.length !== b.length) return out;
  var kept = [];
  for (var i = 0; i < a.length; i++) {
    var d = a[i] - b[i];
    if (d === d) kept.push(d);
  }
  if (a.length - kept.length > a.length / 10) return out;
  kept.sort(function (p, q) { return p - q; });
  out.low = quantile(kept, 0.025);
  out.high = quantile(kept, 0.975);
  return out;
}

// verdict is 1 where the interval is above zero, -1 below, 0 where it holds
// zero, and null where there is none.
export function verdict(d) {
  if (!d || d.low === null) return null;
  return d.low > 0 ? 1 : d.high < 0 ? -1 : 0;
}
