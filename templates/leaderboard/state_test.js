import assert from "node:assert/strict";
import test from "node:test";
import { empty, read, write } from "./state.js";

const facets = ["architecture", "year"];

for (const [name, change, want] of [
  ["the page as it came", {}, ""],
  ["a search", { find: "resnet year:>=2015" }, "q=resnet+year:%3E=2015"],
  ["a search with signs", { find: 'a+b & "c,d" #1 %' }, "q=a%2Bb+%26+%22c,d%22+%231+%25"],
  ["a column", { sort: "Geirhos2021.edge-top1" }, "sort=Geirhos2021.edge-top1"],
  ["a column turned round", { sort: ":model", turned: true }, "sort=-:model"],
  ["the order turned round", { turned: true }, "sort=-"],
  ["groups", { open: ["neural", "V4"] }, "open=neural,V4"],
  ["a filter whose values have commas", { facets: { architecture: ["a, b", "c"] } }, "architecture=a%2C+b,c"],
  ["filters in order", { facets: { year: ["2012..2016"], architecture: ["x"] } }, "architecture=x&year=2012..2016"],
  ["everything", { find: "a", facets: { year: ["..2016"] }, sort: "IT", open: ["IT"], rule: "strict", models: ["a", "b"] }, "q=a&year=..2016&sort=IT&open=IT&rule=strict&models=a,b"],
]) test(name, () => {
  const state = { ...empty(), ...change };
  assert.equal(write(state), want);
  assert.deepEqual(read("#" + want, facets), state);
});

test("a view that searches for something at first", () => {
  const first = "NOT family:x";
  for (const [find, want] of [[first, ""], ["", "q="], ["a", "q=a"]]) {
    assert.equal(write({ ...empty(), find }, first), want);
    assert.equal(read("#" + want, facets, first).find, find);
  }
});

test("what is unknown is left out", () => {
  assert.deepEqual(read("#rule=best&colour=red&q&=x&open=,,", facets), empty());
  assert.deepEqual(read("#q=%E0%A4%A", facets), { ...empty(), find: "%E0%A4%A" }); // no UTF-8
});
