import assert from "node:assert/strict";
import test from "node:test";
import { fit, labels, paired, ranks, ticks } from "./plot.js";
import { correlation, intervals, student } from "./resample.js";

test("what both have", () => {
  const models = { ids: ["a", "b", "c"], names: ["A", "B", "C"], families: [0, 1, 0] };
  assert.deepEqual(paired(models, [1, null, 3], [4, 5, 6]), [{ id: "a", name: "A", family: 0, x: 1, y: 4 }, { id: "c", name: "C", family: 0, x: 3, y: 6 }]);
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
  const xs = [], ys = [], family = [];
  for (let i = 0; i < 40; i++) {
    xs.push(Math.sin(1.7 * i));
    ys.push(xs[i] + 0.8 * Math.sin(2.9 * i) + ((i * i) % 7) / 5);
    family.push(((i * i) % 7) * 10 + (i % 3));
  }
  // By relate.New and Bootstrap in Go, with other draws: 0.656 to 0.874, and 0.657 to 0.874 for 12 families.
  const got = intervals(xs, ys, family);
  assert.equal(got.count, 12);
  for (const kind of ["models", "families"]) {
    assert.ok(Math.abs(got[kind][0] - 0.656) < 0.02 && Math.abs(got[kind][1] - 0.874) < 0.01, kind + " " + got[kind]);
  }
  assert.deepEqual(intervals(xs, ys, family), got);
  assert.equal(intervals(xs, ys, family.map((f) => f % 4)).families, null); // too few
  const flat = intervals(xs, ys.map(() => 1), family);
  assert.deepEqual([flat.models, flat.families], [null, null]);
  assert.deepEqual(intervals(xs, xs, family).models, [1, 1]);
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
