import assert from "node:assert/strict";
import test from "node:test";
import { fit, paired, ranks, ticks } from "./plot.js";

test("what both have", () => {
  const models = { ids: ["a", "b", "c"], names: ["A", "B", "C"] };
  assert.deepEqual(paired(models, [1, null, 3], [4, 5, 6]), [{ id: "a", name: "A", x: 1, y: 4 }, { id: "c", name: "C", x: 3, y: 6 }]);
});

test("fit", () => {
  const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, a + " is not " + b);
  const up = fit([0, 1, 2, 3], [1, 3, 5, 7]);
  close(up.r, 1);
  close(up.slope, 2);
  close(up.at, 1);
  close(fit([1, 2, 3], [3, 2, 1]).r, -1);
  close(fit([1, 2, 3, 4], [1, 3, 2, 4]).r, 0.8);
  assert.ok(Number.isNaN(fit([1, 1, 1], [1, 2, 3]).r));
});

test("ranks", () => {
  assert.deepEqual(ranks([0.3, 0.1, 0.2]), [3, 1, 2]);
  assert.deepEqual(ranks([5, 5, 1, 5]), [3, 3, 1, 3]);
});

test("ticks are round and reach over the values", () => {
  assert.deepEqual(ticks(0.12, 0.87), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(-0.3, 0.3), [-0.4, -0.2, 0, 0.2, 0.4]);
  for (const [low, high] of [[0, 0], [5, 5], [-1e6, 1e6], [0.001, 0.0012]]) {
    const t = ticks(low, high);
    assert.ok(t.length > 1 && t.length < 12 && t[0] <= low && t[t.length - 1] >= high, low + " " + high + ": " + t);
  }
});
