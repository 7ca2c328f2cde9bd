// Sets models side by side. Which ones is in the address: #models=a,b,c; the
// first is the one that the others are compared with.
import { difference, verdict } from "./difference.js";

var board = JSON.parse(document.getElementById("compare-data").textContent);
var most = 6;
var byID = new Map(board.models.map(function (m) { return [m.id, m]; }));
var byName = new Map(board.models.map(function (m) { return [m.name, m]; }));
var form = document.getElementById("pick"), input = document.getElementById("pick-model");
var chips = document.getElementById("chips"), status = document.getElementById("compare-status");
var comparison = document.getElementById("comparison"), everything = document.getElementById("all-models");
var loaded = new Map(), waiting = new Map();

// A model's file calls this with its cells.
window.bsgenCompare = function (data) {
  loaded.set(data.model, data.cells);
  (waiting.get(data.model) || []).forEach(function (f) { f(); });
};

function load(id) {
  if (loaded.has(id)) return Promise.resolve();
  return new Promise(function (done, fail) {
    waiting.set(id, (waiting.get(id) || []).concat(done));
    var script = document.createElement("script");
    script.src = byID.get(id).data;
    script.onerror = function () { fail(new Error(byID.get(id).name)); };
    document.head.appendChild(script);
  });
}

function chosen() {
  var list = new URLSearchParams(location.hash.slice(1)).get("models") || "";
  var ids = list.split(",").filter(function (id, i, all) { return byID.has(id) && all.indexOf(id) === i; });
  return ids.slice(0, most);
}

function choose(ids) {
  history.pushState(null, "", ids.length ? "#models=" + ids.map(encodeURIComponent).join(",") : location.pathname + location.search);
  show();
}

function element(name, text, attributes) {
  var e = document.createElement(name);
  if (text !== undefined && text !== null) e.textContent = text;
  for (var k in attributes) e.setAttribute(k, attributes[k]);
  return e;
}

function drawn(name, attributes) {
  var e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (var k in attributes) e.setAttribute(k, attributes[k]);
  return e;
}

function decimal(x, places) {
  var s = x.toFixed(places);
  if (/^-[0.]*$/.test(s)) s = s.slice(1);
  return s.replace("-", "\u2212");
}

function button(text, label, act) {
  var b = element("button", text, { type: "button", "aria-label": label });
  b.addEventListener("click", act);
  return b;
}

function showChips(ids) {
  chips.hidden = ids.length === 0;
  chips.replaceChildren.apply(chips, ids.map(function (id, i) {
    var li = element("li"), name = byID.get(id).name;
    li.appendChild(element("bdi", name));
    if (i > 0) li.appendChild(button("make first", "Compare the others with " + name, function () {
      choose([id].concat(ids.filter(function (x) { return x !== id; })));
    }));
    li.appendChild(button("\u00d7", "Remove " + name, function () {
      choose(ids.filter(function (x) { return x !== id; }));
      input.focus();
    }));
    return li;
  }));
}

function scoreCell(node, cell) {
  var td = element("td");
  if (cell.value === undefined) {
    td.className = "na";
    td.textContent = { failed: "\u2715", "not applicable": "n/a", undefined: "\u2205" }[cell.state] || "\u2013";
    td.appendChild(element("span", cell.state || "not run", { class: "vh" }));
    return td;
  }
  td.textContent = decimal(cell.value, node.places);
  var note = cell.coverage ? cell.coverage : node.share ? "" : "raw";
  if (note) td.appendChild(element("small", note));
  return td;
}

// The axis of all differences of one table.
function reach(rows) {
  var top = 0;
  rows.forEach(function (r) {
    r.forEach(function (d) {
      if (d) [d.value, d.low, d.high].forEach(function (x) { if (x !== null) top = Math.max(top, Math.abs(x)); });
    });
  });
  return Math.min(top || 1, 1);
}

function differenceCell(node, d, top) {
  var td = element("td", null, { class: "diff" });
  if (!d) {
    td.className = "na";
    td.textContent = "\u2013";
    td.appendChild(element("span", "not comparable", { class: "vh" }));
    return td;
  }
  var clear = verdict(d), text = (d.value > 0 ? "+" : "") + decimal(d.value, node.places);
  td.appendChild(clear ? element("b", text) : document.createTextNode(text));
  if (d.low === null) {
    td.appendChild(element("small", "not tested"));
    return td;
  }
  td.appendChild(element("small", decimal(d.low, node.places) + " to " + decimal(d.high, node.places)));
  if (!clear) td.appendChild(element("span", ", not resolved by these data", { class: "vh" }));
  if (!node.share) return td;
  var x = function (v) { return (50 + 50 * Math.max(-1, Math.min(1, v / top))).toFixed(2) + "%"; };
  var svg = drawn("svg", { width: "100%", height: "12", "aria-hidden": "true", class: clear ? "clear" : "" });
  svg.appendChild(drawn("line", { class: "zero", x1: "50%", x2: "50%", y1: "0", y2: "12" }));
  svg.appendChild(drawn("line", { class: "ci", x1: x(d.low), x2: x(d.high), y1: "6", y2: "6" }));
  svg.appendChild(drawn("circle", { class: "pt", cx: x(d.value), cy: "6", r: "3.5" }));
  td.appendChild(svg);
  return td;
}

function table(ids) {
  var names = ids.map(function (id) { return byID.get(id).name; });
  var head = element("tr");
  head.appendChild(element("th", "Benchmark", { scope: "col", class: "l" }));
  ids.forEach(function (id) {
    var th = element("th", null, { scope: "col" }), a = element("a", null, { href: byID.get(id).href });
    a.appendChild(element("bdi", byID.get(id).name));
    th.appendChild(a);
    head.appendChild(th);
  });
  ids.slice(1).forEach(function (id, i) {
    var th = element("th", null, { scope: "col" });
    th.appendChild(element("bdi", names[0]));
    th.appendChild(document.createTextNode(" \u2212 "));
    th.appendChild(element("bdi", names[i + 1]));
    head.appendChild(th);
  });
  var nodes = [];
  board.nodes.forEach(function (node, i) {
    var cells = ids.map(function (id) { return loaded.get(id)[i]; });
    if (!cells.some(function (c) { return c.state !== "not run"; })) return;
    nodes.push({ node: node, cells: cells, differences: cells.slice(1).map(function (c) { return difference(cells[0], c); }) });
  });
  var top = reach(nodes.filter(function (n) { return n.node.share; }).map(function (n) { return n.differences; }));
  var rows = nodes.map(function (n) {
    var tr = element("tr", null, { class: "d" + Math.min(n.node.depth, 5) + (n.node.leaf ? "" : " node") });
    var th = element("th", null, { scope: "row" });
    th.appendChild(element("a", n.node.title, { href: n.node.href }));
    tr.appendChild(th);
    n.cells.forEach(function (c) { tr.appendChild(scoreCell(n.node, c)); });
    n.differences.forEach(function (d) { tr.appendChild(differenceCell(n.node, d, top)); });
    return tr;
  });
  var out = document.getElementById("versus");
  out.tHead.replaceChildren(head);
  out.tBodies[0].replaceChildren.apply(out.tBodies[0], rows);
}

// tally counts for every pair on how many counted benchmarks the one is better.
function tally(ids) {
  var rows = [];
  for (var i = 0; i < ids.length; i++) for (var j = i + 1; j < ids.length; j++) {
    var count = { better: 0, open: 0, worse: 0, untested: 0 };
    board.nodes.forEach(function (node, k) {
      if (!node.leaf || !node.counted) return;
      var d = difference(loaded.get(ids[i])[k], loaded.get(ids[j])[k]);
      if (!d) return;
      var v = verdict(d);
      if (v !== null && node.lower) v = -v;
      count[v === null ? "untested" : v > 0 ? "better" : v < 0 ? "worse" : "open"]++;
    });
    var tr = element("tr"), th = element("th", null, { scope: "row" });
    th.appendChild(element("bdi", byID.get(ids[i]).name));
    th.appendChild(document.createTextNode(" and "));
    th.appendChild(element("bdi", byID.get(ids[j]).name));
    tr.appendChild(th);
    [count.better, count.open, count.worse, count.untested].forEach(function (k) { tr.appendChild(element("td", k)); });
    rows.push(tr);
  }
  var body = document.getElementById("tally").tBodies[0];
  body.replaceChildren.apply(body, rows);
}

function show() {
  var ids = chosen();
  showChips(ids);
  comparison.hidden = ids.length < 2;
  everything.hidden = ids.length >= 2;
  if (ids.length < 2) {
    status.textContent = ids.length === 1 ? "Add another model to compare it with." : "Add two models or more.";
    return;
  }
  status.textContent = "Loading\u2026";
  Promise.all(ids.map(load)).then(function () {
    if (chosen().join() !== ids.join()) return; // has changed since
    table(ids);
    tally(ids);
    status.textContent = ids.length + " models. Differences are " + byID.get(ids[0]).name + " minus another.";
  }, function (e) {
    comparison.hidden = true;
    status.textContent = "The scores of " + e.message + " could not be loaded. Is the folder data/ there?";
  });
}

form.hidden = false;
document.getElementById("compare-script").hidden = true;
document.getElementById("pick-models").append.apply(document.getElementById("pick-models"), board.models.map(function (m) {
  return element("option", null, { value: m.name });
}));
form.addEventListener("submit", function (e) {
  e.preventDefault();
  var name = input.value.trim(), ids = chosen(), m = byName.get(name) || byID.get(name);
  if (!m) {
    var like = board.models.filter(function (x) { return x.name.toLowerCase().indexOf(name.toLowerCase()) >= 0 && ids.indexOf(x.id) < 0; });
    if (name && like.length === 1) m = like[0];
    else {
      status.textContent = name === "" ? "Type the name of a model." : like.length ? like.length + " models have \u201c" + name + "\u201d in their name; go on typing." : "No model is called \u201c" + name + "\u201d.";
      return;
    }
  }
  if (ids.indexOf(m.id) >= 0) status.textContent = m.name + " is there already.";
  else if (ids.length >= most) status.textContent = most + " models are the most that fit; remove one first.";
  else {
    input.value = "";
    choose(ids.concat(m.id));
  }
});
// Models in the list below become choices too.
document.querySelectorAll("#all-models li").forEach(function (li, i) {
  li.append(" ", button("compare", "Compare " + board.models[i].name, function () {
    choose(chosen().concat(board.models[i].id));
    if (chosen().length < 2) input.focus();
  }));
});
window.addEventListener("popstate", show);
window.addEventListener("hashchange", show);
show();
