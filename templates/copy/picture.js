// Saves charts as they are seen, in the colours of light pages.

var copied = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "vector-effect", "opacity", "font-family", "font-size",
  "font-weight", "font-style", "text-anchor", "dominant-baseline", "letter-spacing", "display", "visibility", "paint-order", "transform", "cx", "cy", "r", "x", "y", "rx", "width", "height"];

var brush = null, known = {};

// A colour as programs other than browsers read it.
function plainColour(value) {
  if (!value || value === "none" || value.indexOf("url(") === 0 || /^rgba?\(/.test(value)) return value;
  if (known[value]) return known[value];
  if (!brush) brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = value;
  brush.fillRect(0, 0, 1, 1);
  var p = brush.getImageData(0, 0, 1, 1).data;
  return known[value] = "rgba(" + p[0] + "," + p[1] + "," + p[2] + "," + Math.round(p[3] / 2.55) / 100 + ")";
}

function wrap(text, most) {
  var lines = [""];
  text.split(" ").forEach(function (word) {
    if (lines[lines.length - 1] && (lines[lines.length - 1] + " " + word).length > most) lines.push("");
    lines[lines.length - 1] = (lines[lines.length - 1] + " " + word).trim();
  });
  return lines;
}

var ns = "http://www.w3.org/2000/svg";

function make(name, values) {
  var element = document.createElementNS(ns, name);
  for (var key in values) element.setAttribute(key, values[key]);
  return element;
}

// A drawing with its looks written out, since the file has no style sheet.
function frozen(svg) {
  var out = svg.cloneNode(true), from = svg.querySelectorAll("*"), to = out.querySelectorAll("*");
  from.forEach(function (element, i) {
    var style = getComputedStyle(element);
    copied.forEach(function (name) {
      var value = style.getPropertyValue(name), place = /^(transform|cx|cy|r|x|y|rx|width|height)$/.test(name);
      if (!value || value === "auto" || value === "normal" || (value === "none" && !/fill|stroke|display/.test(name))) return;
      if (place && (to[i].hasAttribute(name) || value === "0px")) return;
      to[i].setAttribute(name, name === "fill" || name === "stroke" ? plainColour(value) : value);
    });
    to[i].removeAttribute("class");
  });
  out.removeAttribute("class");
  out.setAttribute("overflow", "visible");
  return out;
}

// A line of text outside of drawings, such as the label of a row.
function label(node, style, box) {
  var t = make("text", {
    x: box.left, y: box.top + box.height * .78, fill: plainColour(style.color), "font-size": style.fontSize,
    "font-family": style.fontFamily, "font-weight": style.fontWeight, "font-style": style.fontStyle
  });
  var text = node.data.replace(/\s+/g, " ").trim(), room = node.parentNode.clientWidth;
  if (style.textOverflow === "ellipsis" && room && box.width > room) text = text.slice(0, Math.floor(text.length * room / box.width) - 1).trim() + "\u2026";
  t.textContent = text;
  return t;
}

// What ECharts has drawn over a drawing is in the colours of the page: the drawing is taken.
var apart = ".live,figcaption,details,table,button,script,.vh,.copy";

// What a figure shows, at its place on the page: drawings, and the texts beside them.
function pieces(figure) {
  var out = [], walk = function (element) {
    element.childNodes.forEach(function (n) {
      if (n.nodeType === Node.TEXT_NODE && n.data.trim()) {
        var range = document.createRange();
        range.selectNodeContents(n);
        var box = range.getBoundingClientRect();
        if (box.width > 1) out.push({ box: box, element: label(n, getComputedStyle(element), box) });
      }
      if (n.nodeType !== Node.ELEMENT_NODE || n.matches(apart) || getComputedStyle(n).visibility === "hidden") return;
      if (n.tagName.toLowerCase() !== "svg") { walk(n); return; }
      var at = n.getBoundingClientRect();
      if (at.width < 1 || at.height < 1) return;
      var drawing = frozen(n);
      for (var key in { x: 0, y: 0, width: 0, height: 0 }) drawing.setAttribute(key, at[key]);
      out.push({ box: at, element: drawing });
    });
  };
  walk(figure);
  return out;
}

// The chart as an SVG file, with the caption below it.
export function svgOf(figure, caption) {
  var margin = 14, sheets = document.adoptedStyleSheets, light = new CSSStyleSheet();
  light.replaceSync(":root{color-scheme:light!important}*{transition:none!important}");
  document.adoptedStyleSheets = sheets.concat(light);
  var live = figure.classList.contains("is-live");
  figure.classList.remove("is-live");
  var paper = plainColour(getComputedStyle(figure).backgroundColor), ink = plainColour(getComputedStyle(document.body).color), parts = pieces(figure);
  figure.classList.toggle("is-live", live);
  document.adoptedStyleSheets = sheets;
  if (!parts.length) return null;
  var edge = function (f) { return f.apply(null, parts.map(this)); };
  var left = edge.call(function (p) { return p.box.left; }, Math.min) - margin, top = edge.call(function (p) { return p.box.top; }, Math.min) - margin;
  var width = edge.call(function (p) { return p.box.right; }, Math.max) + margin - left, height = edge.call(function (p) { return p.box.bottom; }, Math.max) + margin - top;
  var lines = wrap(caption, Math.max(20, Math.floor((width - 2 * margin) / 5.4)));
  var out = make("svg", { xmlns: ns, width: width, height: height + 15 * lines.length, viewBox: "0 0 " + width + " " + (height + 15 * lines.length) });
  var plot = make("g", { transform: "translate(" + -left + " " + -top + ")" });
  parts.forEach(function (p) { plot.appendChild(p.element); });
  var words = make("text", { y: height + 4, fill: ink, "font-size": 11, "font-family": "sans-serif" });
  lines.forEach(function (text, i) {
    var line = make("tspan", { x: margin, dy: i ? 15 : 0 });
    line.textContent = text;
    words.appendChild(line);
  });
  out.append(make("rect", { width: "100%", height: "100%", fill: paper }), plot, words);
  return { text: '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(out) + "\n", width: width, height: height + 15 * lines.length };
}

// The picture as a PNG, twice as fine as on the page.
export function pngOf(picture) {
  return new Promise(function (done, failed) {
    var image = new Image();
    image.onerror = function () { failed(new Error("the browser can not draw it")); };
    image.onload = function () {
      var canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(picture.width * 2), height: Math.ceil(picture.height * 2) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) { if (blob) done(blob); else failed(new Error("the browser can not draw it")); }, "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture.text);
  });
}
