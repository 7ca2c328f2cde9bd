import assert from "node:assert/strict";
import test from "node:test";
import { fit, labels, paired, ranks, ticks } from "./plot.js";
import { correlation, intervals, student } from "./resample.js";

test("what both have", () => {
  const models = { ids: ["a", "b", "c"], names: ["A", "B", "C"] };
  assert.deepEqual(paired(models, [1, null, 3], [4, 5, 6]), [{ i: 0, id: "a", name: "A", x: 1, y: 4 }, { i: 2, id: "c", name: "C", x: 3, y: 6 }]);
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

test("intervals of r are those of the pages of two nodes", () => {
  const points = [], families = [];
  for (let i = 0; i < 60; i++) {
    const x = Math.sin(1.7 * i);
    points.push({ i, x, y: x + 0.8 * Math.sin(2.9 * i) + (i % 20) / 15 });
    families.push(i % 20);
  }
  const close = (got, low, high) => assert.ok(Math.abs(got[0] - low) < 0.015 && Math.abs(got[1] - high) < 0.01, got + " is not " + [low, high]);
  // By relate.New and Bootstrap in Go, with other draws.
  const all = intervals(points, families);
  assert.equal(all.count, 20);
  close(all.models, 0.596, 0.814);
  close(all.families, 0.624, 0.798);
  assert.deepEqual(intervals(points, families), all);
  // The same where every fourth has no y.
  const some = intervals(points.filter((p) => p.i % 4), families);
  assert.equal(some.count, 15);
  close(some.models, 0.545, 0.81);
  close(some.families, 0.613, 0.772);
  assert.equal(intervals(points, families.map((f) => f % 4)).families, null); // too few
  assert.deepEqual(intervals(points.map((p) => ({ ...p, y: p.x })), families).models, [1, 1]);
  for (const y of [1, 0.003]) { // the mean of equal decimals may not be one of them
    const flat = intervals(points.slice(0, 12).map((p) => ({ ...p, y })), families);
    assert.deepEqual([flat.models, flat.families], [null, null]);
    assert.ok(Number.isNaN(fit(points.slice(0, 12).map((p) => p.x), points.slice(0, 12).map(() => y)).r));
  }
  assert.ok(Math.abs(correlation([2, 1, 1], [0, 1, 2], [0, 1, 0]) - correlation([1, 1, 1, 1], [0, 0, 1, 2], [0, 0, 1, 0])) < 1e-12);
});

test("quantiles of Student's t", () => {
  // Tables: 4, 7, 10, 30 and 100 degrees of freedom.
  for (const [v, t] of [[4, 2.776], [7, 2.365], [10, 2.228], [30, 2.042], [100, 1.984]]) assert.ok(Math.abs(student(v) - t) < 2e-3, v + ": " + student(v));
});

test("labels lie within the drawing and beside the points", () => {
  const mark = (name, x, y) => ({ name, x, y, at: [x, y] }), line = { r: 1, slope: 0, at: 100 };
  const got = labels([mark("right", 480, 100), mark("high", 200, 300), mark("near", 300, 100)], line, 500);
  assert.deepEqual(got.map((l) => [l.name, l.anchor]), [["right", "end"], ["high", "start"], ["near", "start"]]);
  // One between two others has no room.
  assert.deepEqual(labels([mark("between", 200, 100), mark("before", 192, 100), mark("behind", 208, 100)], line, 500).map((l) => l.name), ["behind", "before"]);
});
