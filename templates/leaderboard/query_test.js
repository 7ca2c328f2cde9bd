import assert from "node:assert/strict";
import test from "node:test";
import { number, parse, plain } from "./query.js";

const models = [
  { id: "resnet50", name: "ResNet-50", family: "ResNet", year: 2015, params: 25.6e6, it: 0.41 },
  { id: "vgg16", name: "VGG-16 (batch norm)", family: "VGG", year: 2014, params: 138.4e6, it: 0.37 },
  { id: "cafe", name: "Café net", family: "Other net", year: null, params: null, it: null },
];

const known = (name) => ({
  family: { number: false, of: (m) => m.family },
  year: { number: true, of: (m) => m.year },
  params: { number: true, of: (m) => m.params },
  "IT.pls-1": { number: true, of: (m) => m.it },
}[name]);

const found = (query) => {
  const match = parse(query, known);
  return models.filter((m) => !match || match({ ...m, text: plain(m.name + "\n" + m.id) })).map((m) => m.id).join(" ");
};

for (const [query, want] of [
  ["", "resnet50 vgg16 cafe"],
  ["   ", "resnet50 vgg16 cafe"],
  ["resnet", "resnet50"],
  ["RESNET", "resnet50"],
  ["CAFE", "cafe"],
  ["café", "cafe"],
  ["net 50", "resnet50"],
  ["net AND 50", "resnet50"],
  ['"batch norm"', "vgg16"],
  ['"norm batch"', ""],
  ["resnet OR vgg", "resnet50 vgg16"],
  ["resnet OR vgg batch", "resnet50 vgg16"], // OR binds least
  ["(resnet OR vgg) batch", "vgg16"],
  ["NOT resnet", "vgg16 cafe"],
  ["-resnet", "vgg16 cafe"],
  ["NOT (resnet OR vgg)", "cafe"],
  ["NOT NOT resnet", "resnet50"],
  ['"NOT"', ""], // a word
  ["family:resnet", "resnet50"],
  ["family:net", "resnet50 cafe"],
  ["family:=ResNet", "resnet50"],
  ["family:=net", ""],
  ['family:"other net"', "cafe"],
  ["-family:vgg", "resnet50 cafe"],
  ["params:<50M", "resnet50"],
  ["params:>50m", "vgg16"],
  ["params:>0.1B", "vgg16"],
  ["params:unknown", "cafe"],
  ["NOT params:unknown", "resnet50 vgg16"],
  ["NOT params:<50M", "vgg16 cafe"], // unknown is not below 50 million
  ["year:2015", "resnet50"],
  ["year:=2014", "vgg16"],
  ["year:>=2014", "resnet50 vgg16"],
  ["year:2013..2014", "vgg16"],
  ["IT.pls-1:>.4", "resnet50"],
  ["IT.pls-1:<=.41 resnet", "resnet50"],
]) test("search " + (query || "nothing"), () => assert.equal(found(query), want));

for (const [query, want] of [
  ["colour:red", "there is no field colour"],
  ["year:", "what should year be?"],
  ["year:>", "year is a number, such as year:>=2016"],
  ["params:many", "params is a number, such as params:>=25M"],
  ['"open', 'a quotation mark " is not closed'],
  ["(a", "a ( is not closed"],
  ["a)", "there is a ) too many"],
  [")", "there is a ) too many"],
  ["()", "there is a ) too many"],
  ["a OR", "something is missing at the end"],
  ["OR a", "OR needs a word on both sides"],
  ["a AND", "something is missing at the end"],
  ["NOT", "something is missing at the end"],
]) test("mistake " + query, () => assert.throws(() => parse(query, known), { message: want }));

test("numbers", () => {
  for (const [text, want] of [["50M", 50e6], ["1.5k", 1500], [".4", 0.4], ["-0.3", -0.3], ["\u22120.3", -0.3], ["1e3", 1000], ["", null], ["M", null], ["4 5", null]]) {
    assert.equal(number(text), want, text);
  }
});

test("a long query does not take long", () => {
  assert.equal(parse("a ".repeat(5000), known)({ text: "a" }), true);
});
