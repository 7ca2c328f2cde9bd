// A scatter of two lists of numbers, and what they have in common.

import { correlation } from "./resample.js";

// paired returns the points {i, id, name, x, y} of what both have.
export function paired(models, xs, ys) {
  const out = [];
  models.ids.forEach((id, i) => {
    if (xs[i] !== null && ys[i] !== null) out.push({ i, id, name: models.names[i], x: xs[i], y: ys[i] });
  });
  return out;
}

const mean = (v) => v.reduce((a, b) => a + b, 0) / v.length;

// fit returns Pearson's r with the slope and the height of the line of least
// squares; r is NaN where one of the two does not vary.
export function fit(xs, ys) {
  const mx = mean(xs), my = mean(ys);
  let xx = 0, xy = 0;
  xs.forEach((x, i) => {
    xx += (x - mx) ** 2;
    xy += (x - mx) * (ys[i] - my);
  });
  return { r: correlation(xs.map(() => 1), xs, ys), slope: xy / xx, at: my - (xy / xx) * mx };
}

// ranks returns the ranks of numbers; equal ones share the mean of theirs.
export function ranks(v) {
  const order = v.map((x, i) => i).sort((a, b) => v[a] - v[b]), out = [];
  for (let i = 0, j; i < order.length; i = j) {
    for (j = i + 1; j < order.length && v[order[j]] === v[order[i]]; j++);
    for (let k = i; k < j; k++) out[order[k]] = (i + j - 1) / 2 + 1;
  }
  return out;
}

// ticks returns round numbers from the first below low to the first above high.
export function ticks(low, high) {
  const raw = (high - low || Math.abs(high) || 1) / 5, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * 0.999);
  const out = [];
  for (let k = Math.floor(low / step); ; k++) {
    out.push(Number((k * step).toPrecision(6)));
    if (k * step >= high && out.length > 1) return out;
  }
}

const left = 64, right = 14, top = 12, bottom = 48;

function element(name, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// draw draws the scatter, so many pixels wide; the points lead to their models.
export function draw(svg, points, line, x, y, width, href) {
  const height = Math.round(Math.max(260, width * 0.6));
  const tx = ticks(Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x)));
  const ty = ticks(Math.min(...points.map((p) => p.y)), Math.max(...points.map((p) => p.y)));
  const on = (t, from, to) => (v) => from + ((v - t[0]) / (t[t.length - 1] - t[0])) * (to - from);
  const px = on(tx, left, width - right), py = on(ty, height - bottom, top);
  for (const [k, v] of Object.entries({ viewBox: "0 0 " + width + " " + height, width, height, "aria-label": y + " against " + x })) svg.setAttribute(k, v);
  svg.replaceChildren();
  for (const t of tx) {
    svg.append(element("line", { x1: px(t), x2: px(t), y1: top, y2: height - bottom }),
      element("text", { x: px(t), y: height - bottom + 18, "text-anchor": "middle" }, String(t).replace("-", "\u2212")));
  }
  for (const t of ty) {
    svg.append(element("line", { x1: left, x2: width - right, y1: py(t), y2: py(t) }),
      element("text", { x: left - 8, y: py(t) + 4, "text-anchor": "end" }, String(t).replace("-", "\u2212")));
  }
  svg.append(element("text", { x: width - right, y: height - 8, "text-anchor": "end" }, x),
    element("text", { x: -top, y: 14, "text-anchor": "end", transform: "rotate(-90)" }, y));
  if (line.r === line.r) { // the part of it that lies in the plane
    const ends = [tx[0], tx[tx.length - 1]].map((v) => [v, line.at + line.slope * v]);
    const [low, high] = [ty[0], ty[ty.length - 1]];
    for (const e of ends) {
      const within = Math.min(high, Math.max(low, e[1]));
      if (within !== e[1]) e.splice(0, 2, (within - line.at) / line.slope, within);
    }
    svg.append(element("path", { class: "fit", d: "M" + ends.map((e) => px(e[0]).toFixed(1) + " " + py(e[1]).toFixed(1)).join("L") }));
  }
  const marks = points.map((p) => ({ ...p, at: [px(p.x), py(p.y)] }));
  for (const p of marks) {
    svg.append(element("a", { href: href(p.id), "aria-label": p.name + ": " + p.x + ", " + p.y },
      element("circle", { cx: p.at[0].toFixed(1), cy: p.at[1].toFixed(1), r: 4 }, element("title", {}, p.name + ": " + p.x + ", " + p.y))));
  }
  for (const l of labels(marks, line, width)) svg.append(element("text", { class: "name", x: l.x.toFixed(1), y: l.y.toFixed(1), "text-anchor": l.anchor }, l.name));
}

// labels returns the names to write beside points: of the farthest to the right and
// the highest, and of those farthest from the line, as far as there is room between
// the others.
export function labels(marks, line, width) {
  const off = (p) => Math.abs(p.y - (line.r === line.r ? line.at + line.slope * p.x : 0));
  const first = (f) => marks.reduce((a, b) => (f(b) > f(a) ? b : a));
  const wanted = new Set([first((p) => p.x), first((p) => p.y), ...marks.slice().sort((a, b) => off(b) - off(a)).slice(0, 6)]);
  const taken = marks.map((p) => [p.at[0] - 4, p.at[0] + 4, p.at[1] - 4, p.at[1] + 4]), out = [];
  for (const p of wanted) {
    const name = Array.from(p.name).slice(0, 24).join(""), long = 7 * name.length;
    for (const anchor of ["start", "end"]) {
      const x = p.at[0] + (anchor === "start" ? 7 : -7), from = anchor === "start" ? x : x - long;
      const box = [from, from + long, p.at[1] - 7, p.at[1] + 7];
      if (from < left || from + long > width - right || taken.some((b) => box[0] < b[1] && b[0] < box[1] && box[2] < b[3] && b[2] < box[3])) continue;
      taken.push(box);
      out.push({ name, anchor, x, y: p.at[1] + 4 });
      break;
    }
  }
  return out;
}
