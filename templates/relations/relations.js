// Shows any two nodes of the board against one another: the page of the two, or,
// on a board with too many for a page each, a scatter drawn here. Without this
// file the table of pairs and the CSV are all.

import { load } from "../leaderboard/load.js";
import { draw, fit, paired, ranks } from "./plot.js";
import { intervals } from "./resample.js";

const section = document.getElementById("any");
if (section) start();

function start() {
  const data = JSON.parse(document.getElementById("any-data").textContent);
  const form = section.querySelector("form"), status = section.querySelector("[role=status]"), figure = section.querySelector("figure");
  const index = (key) => data.nodes.findIndex((n) => n.key === key);
  let turn = 0;

  form.y.selectedIndex = 1;
  section.hidden = false;

  // page returns the address of the page of two nodes; "" where there is none.
  function page(i, j) {
    if (i > j) return page(j, i);
    const x = data.nodes[i];
    if (!(x.pages || []).includes(j)) return "";
    return (x.odd && x.odd[j]) || encodeURI(x.key + "~" + data.nodes[j].key) + "/index.html";
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const i = index(form.x.value), j = index(form.y.value), at = i === j ? "" : page(i, j);
    if (at) {
      location.href = at;
      return;
    }
    history.pushState(null, "", "#x=" + encodeURIComponent(form.x.value) + "&y=" + encodeURIComponent(form.y.value));
    show();
  });

  async function show() {
    const want = new URLSearchParams(location.hash.slice(1)), i = index(want.get("x")), j = index(want.get("y")), mine = ++turn;
    figure.hidden = true;
    status.textContent = "";
    if (i < 0 || j < 0) return;
    form.x.selectedIndex = i;
    form.y.selectedIndex = j;
    const x = data.nodes[i], y = data.nodes[j];
    if (i === j) {
      status.textContent = "Choose two that differ.";
      return;
    }
    if (!x.values) {
      const at = page(i, j);
      if (at) location.replace(at);
      else status.textContent = "Fewer than 8 models have both, or the scores of one do not vary.";
      return;
    }
    try {
      const [models, xs, ys] = await Promise.all([load(data.models, "models", ""), load(x.values, "values", x.key), load(y.values, "values", y.key)]);
      if (mine === turn) put(x, y, paired(models, xs, ys), models.families);
    } catch (e) {
      if (mine === turn) status.textContent = "The scores could not be loaded. If the site was just updated, load the page again.";
    }
  }

  const range = (i) => text(i[0], 2) + " to " + text(i[1], 2);
  const text = (x, digits) => x.toFixed(digits).replace("-", "\u2212");

  function put(x, y, points, families) {
    if (points.length < 8) {
      status.textContent = points.length + " models have both; 8 are needed.";
      return;
    }
    const xs = points.map((p) => p.x), ys = points.map((p) => p.y), line = fit(xs, ys);
    const found = y.name + " against " + x.name + ": " + points.length + " models, " + (line.r === line.r
      ? "r = " + text(line.r, 2) + ", \u03c1 = " + text(fit(ranks(xs), ranks(ys)).r, 2) + "."
      : "but the scores of one do not vary.");
    const around = intervals(points, families);
    let within = "", believe = "";
    if (around.models) {
      within = " 95 % interval of r: " + range(around.models) + " by models";
      if (around.families) {
        within += ", " + range(around.families) + " by their " + around.count + " families";
        believe = " Where the two disagree, believe the second: relatives are no independent evidence.";
      } else {
        within += "; their " + (around.count === 1 ? "one family is" : around.count + " families are") + " too few to resample";
        believe = " Relatives are no independent evidence.";
      }
      within += ".";
    }
    status.textContent = found + within + believe;
    figure.querySelector("figcaption").textContent = found + within;
    figure.hidden = false;
    const width = Math.max(240, Math.min(820, figure.clientWidth - 34)); // letters keep their size
    draw(figure.querySelector("svg"), points, line, x.axis, y.axis, width, (id) => "../../models/" + encodeURIComponent(id) + "/index.html");
    const table = figure.querySelector("table"), heads = table.tHead.rows[0].cells;
    heads[1].textContent = x.axis;
    heads[2].textContent = y.axis;
    table.tBodies[0].replaceChildren(...points.slice().sort((a, b) => b.x - a.x).map(row));
  }

  function row(p) {
    const tr = document.createElement("tr"), th = document.createElement("th"), name = document.createElement("bdi");
    th.scope = "row";
    name.textContent = p.name;
    th.append(name);
    tr.append(th);
    for (const v of [p.x, p.y]) tr.insertCell().textContent = text(v, 3);
    return tr;
  }

  window.addEventListener("popstate", show);
  if (location.hash.includes("x=")) show();
}
