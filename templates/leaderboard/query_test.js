import assert from "node:assert/strict";
import test from "node:test";
import cases from "./query_cases.json"; // package site/query passes the same
import { number, parse, plain } from "./query.js";

const known = (name) => ({
  family: { number: false, of: (m) => m.family },
  year: { number: true, of: (m) => m.year },
  params: { number: true, of: (m) => m.params },
  "IT.pls-1": { number: true, of: (m) => m.it },
}[name]);

const found = (query) => {
  const match = parse(query, known);
  return cases.models.filter((m) => !match || match({ ...m, text: plain(m.name + "\n" + m.id) })).map((m) => m.id).join(" ");
};

for (const [query, want] of cases.finds) test("search " + (query || "nothing"), () => assert.equal(found(query), want));

for (const [query, want] of cases.mistakes) test("mistake " + query, () => assert.throws(() => parse(query, known), { message: want }));

test("numbers", () => {
  for (const [text, want] of Object.entries(cases.numbers)) assert.equal(number(text), want, text);
  for (const text of cases.noNumbers) assert.equal(number(text), null, text);
});

test("a long query does not take long", () => {
  assert.equal(parse("a ".repeat(5000), known)({ text: "a" }), true);
});
