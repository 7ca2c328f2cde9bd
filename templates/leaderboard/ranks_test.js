import assert from "node:assert/strict";
import test from "node:test";
import { among, bands, decode, strict } from "./ranks.js";

// a is better than d and e, b than e; a twin of c has its rank.
const file = { ranked: ["a", "b", "c", "c2", "d", "e"], rank: [1, 2, 3, 3, 5, 6], best: [1, 1, 1, 1, 2, 3], worst: [4, 5, 6, 6, 6, 6], better: [[3], [3], [], [], [], []], partial: ["p"] };

const text = (places) => [...places].map(([id, p]) => id + " " + p.rank + (p.best ? " " + p.best + "-" + p.worst : "")).join(", ");

test("among all, the ranks are those of the file", () => {
  assert.equal(text(among(decode(file), new Set(file.ranked))), "a 1 1-4, b 2 1-5, c 3 1-6, c2 3 1-6, d 5 2-6, e 6 3-6");
});

test("the verdicts give the intervals of the file", () => {
  const r = decode(file);
  r.best = r.worst = null;
  assert.equal(text(among(r, new Set(file.ranked))), "a 1 1-4, b 2 1-5, c 3 1-6, c2 3 1-6, d 5 2-6, e 6 3-6");
});

test("among some, they are counted again", () => {
  assert.equal(text(among(decode(file), new Set(["b", "c", "c2", "e", "p", "nobody"]))), "b 1 1-3, c 2 1-4, c2 2 1-4, e 4 2-4");
  assert.equal(text(among(decode(file), new Set(["e"]))), "e 1 1-1");
  assert.equal(text(among(decode(file), new Set())), "");
});

test("without verdicts there are no intervals among some", () => {
  const r = decode({ ...file, better: undefined });
  assert.equal(text(among(r, new Set(["b", "e"]))), "b 1, e 2");
});

test("runs", () => {
  const r = decode({ ranked: ["a", "b", "c", "d", "e"], rank: [1, 2, 3, 4, 5], better: [[1, 1, 1], [0], [0, 1], [], []] });
  const got = r.ranked.map((_, i) => r.ranked.map((_, j) => (r.better(i, j) ? 1 : 0)).join("")).join(" ");
  assert.equal(got, "00101 00111 00010 00000 00000");
});

test("bands begin where one is worse than the band's first", () => {
  const r = decode(file);
  assert.deepEqual([...bands(r, new Set(file.ranked))], ["d"]);
  assert.deepEqual([...bands(r, new Set(["b", "d", "e"]))], ["e"]);
  assert.deepEqual([...bands(r, new Set(["c", "d", "e"]))], []);
});

test("the rule of brain-score.org", () => {
  assert.equal(strict(file), null);
  const s = strict({ ...file, strict: { ranked: ["a", "p"], rank: [1, 2], value: ["0.500", "0.250"], reference: ["h"], referenceValue: ["0.900"] } });
  assert.deepEqual([s.ranked, s.partial, s.reference, s.value.get("p"), s.value.get("h")], [["a", "p"], [], ["h"], "0.250", "0.900"]);
});
