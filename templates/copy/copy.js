// Adds to tables, charts and blocks of code what takes them elsewhere: as CSV,
// Markdown, LaTeX and BibTeX, as SVG and PNG, each with the snapshot that it is of.
// Without this file the links to CSV and JSON are there.
import { rowsOf, csv, markdown, latex, texText } from "./text.js";
import { svgOf, pngOf } from "./picture.js";

var main = document.getElementById("main");
var snapshot = (document.getElementById("snapshot") || {}).title || "";
var site = document.querySelector(".mark bdi").textContent;
var canonical = document.querySelector("link[rel=canonical]");
var address = canonical ? canonical.href : /^https?:$/.test(location.protocol) ? location.href : "";

function caption(what) {
  return what.replace(/\.?$/, ".") + " " + site + (snapshot ? ", snapshot " + snapshot.slice(0, 10) : "") + ".";
}

function nameOf(element, label) {
  var heading = document.querySelector("h1").textContent.trim();
  return label && label.textContent.trim() ? label.textContent.trim().split(". ")[0] : (element.getAttribute("aria-label") || heading).replace(/, scrolls sideways$/, "");
}

function bibtex() {
  var key = site.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "archive";
  var out = "@misc{" + key + ",\n  title = {{" + texText(site) + "}},\n";
  if (snapshot) out += "  note = {Snapshot " + snapshot + "},\n";
  if (address) out += "  url = {" + address + "},\n";
  out += "}\n";
  if (!main.querySelector("[data-bibtex]")) out += "% The papers of benchmarks and models: " + new URL("data/v1/references.bib", document.querySelector(".mark").href).href + "\n";
  main.querySelectorAll("[data-bibtex]").forEach(function (e) { out += "\n" + e.textContent.trim() + "\n"; });
  return out;
}

function button(text, label, act) {
  var b = document.createElement("button");
  b.type = "button";
  b.textContent = text;
  if (label) b.setAttribute("aria-label", label);
  b.addEventListener("click", function () { act(b); });
  return b;
}

function say(place, text) {
  var status = place.querySelector("[role=status]");
  if (!status) {
    status = document.createElement("span");
    status.setAttribute("role", "status");
    place.appendChild(status);
  }
  status.textContent = "";
  setTimeout(function () { status.textContent = text; }, 30);
}

// Where the clipboard is out of reach, as it is from file:// in places, the text
// stands selected in a box.
function offer(place, text) {
  var box = place.querySelector("textarea");
  if (!box) {
    box = document.createElement("textarea");
    box.readOnly = true;
    box.rows = 6;
    box.setAttribute("aria-label", "Text to copy");
    place.appendChild(box);
  }
  box.value = text;
  box.focus();
  box.select();
  say(place, "Press Ctrl+C or \u2318C to copy.");
}

function copy(place, text, what) {
  var old = place.querySelector("textarea");
  if (old) old.remove();
  if (!navigator.clipboard || !window.isSecureContext) { offer(place, text); return; }
  navigator.clipboard.writeText(text).then(function () { say(place, what + " copied."); }, function () { offer(place, text); });
}

function save(blob, name) {
  var a = document.createElement("a");
  a.href = URL.createObjectURL(blob);
  a.download = name;
  a.click();
  setTimeout(function () { URL.revokeObjectURL(a.href); }, 10000);
}

function fileName(what, extension) {
  return what.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) + (snapshot ? "-" + snapshot.slice(0, 10) : "") + extension;
}

// A caption without its links, which lead nowhere on paper.
function words(label) {
  var own = label.cloneNode(true);
  own.querySelectorAll("a,button").forEach(function (a) { a.remove(); });
  return own.textContent.replace(/\s+/g, " ").replace(/[\s\u00b7]+$/, "").trim();
}

// What belongs to a thing of the page, folded away.
function fold(title, label) {
  var d = document.createElement("details"), s = document.createElement("summary");
  d.className = "copy";
  s.textContent = title;
  s.setAttribute("aria-label", label);
  d.appendChild(s);
  return d;
}

main.querySelectorAll("table").forEach(function (table) {
  if (!table.tHead && !table.closest(".prose")) return;
  var what = nameOf(table.closest(".scroll") || table, table.caption), place = fold("Copy", "Copy the table: " + what);
  [["CSV", function (rows) { return csv(rows); }],
    ["Markdown", function (rows) { return markdown(rows, caption(what) + (address ? " " + address : "")); }],
    ["LaTeX", function (rows) { return latex(rows, caption(what), address); }],
    ["BibTeX", bibtex]].forEach(function (format) {
    place.appendChild(button(format[0], null, function () { copy(place, format[1](rowsOf(table)), format[0]); }));
  });
  (table.closest(".scroll") || table).after(place);
});

main.querySelectorAll("figure").forEach(function (figure) {
  if (!figure.querySelector("svg")) return;
  var label = figure.querySelector("figcaption"), what = nameOf(figure, label), place = fold("Save", "Save the chart: " + what);
  var picture = function () { return svgOf(figure, caption(label ? words(label) : what)); };
  place.appendChild(button("SVG", "Save as SVG", function () {
    var p = picture();
    if (p) save(new Blob([p.text], { type: "image/svg+xml" }), fileName(what, ".svg"));
  }));
  place.appendChild(button("PNG", "Save as PNG", function () {
    var p = picture();
    if (p) pngOf(p).then(function (blob) { save(blob, fileName(what, ".png")); }, function (e) { say(place, "No picture: " + e.message + "."); });
  }));
  place.appendChild(button("Copy SVG", null, function () {
    var p = picture();
    if (p) copy(place, p.text, "SVG");
  }));
  figure.appendChild(place);
});

main.querySelectorAll("pre").forEach(function (pre) {
  var corner = document.createElement("div"), place = document.createElement("div");
  corner.className = "copy corner";
  place.className = "copy";
  corner.appendChild(button("Copy", "Copy the lines below", function () { copy(place, pre.textContent.replace(/\n?$/, "\n"), "Text"); }));
  pre.before(corner);
  pre.after(place);
});

// Lines of code name the site's address; without one in site.yaml it is that of the page.
main.querySelectorAll("[data-base]").forEach(function (e) {
  e.textContent = new URL(e.getAttribute("data-base"), location.href).href;
});
