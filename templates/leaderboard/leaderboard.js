// What a leaderboard can do where there is a script: sort, search, filter, open
// groups of columns, count missing scores as 0, choose models to compare. Every
// state has an address. Without this file the table is complete as it stands.

import { Columns } from "./columns.js";
import { Panel, facets, matcher, names } from "./facets.js";
import { load } from "./load.js";
import { Pick } from "./pick.js";
import { popovers } from "./popover.js";
import { number, parse } from "./query.js";
import { among, decode, strict } from "./ranks.js";
import { pageRanking, readRows } from "./rows.js";
import { empty, read, write } from "./state.js";
import { View } from "./view.js";

const table = document.getElementById("board");
if (table) start();

function start() {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("board-data").textContent);
  const rows = readRows(table, data);
  const page = data.filter ? null : pageRanking(table); // a part of the models does not say how all rank
  const find = $("board-find"), status = $("board-status"), mistake = $("board-error");
  const resets = Array.from(document.querySelectorAll(".reset")), nothing = document.querySelector(".none");
  const radios = Array.from(document.querySelectorAll("[name=board-rule]"));
  const files = new Map(); // node -> its ranks file
  let state = empty(data.filter), last = null, turn = 0;

  const columns = new Columns(table, rows, {
    sort(column) {
      const now = sortColumn();
      if (column === now || column.key === ":rank" && !state.sort) go({ turned: !state.turned });
      else go({ sort: column.key === data.node || column.key === ":rank" ? "" : column.key, turned: false });
    },
    toggle(column) {
      const open = columns.opened();
      if (!column.open) return go({ open: [...open, column.key] });
      const within = (c) => c && (c === column || within(c.parent));
      const change = { open: open.filter((key) => !within(columns.get(key))) };
      if (state.sort && within(sortColumn().parent)) change.sort = "";
      go(change);
    },
  });
  const view = new View(table, rows, columns);
  const panel = new Panel(document.querySelector(".filters"), data, data.title, (chosen) => go({ facets: chosen }));
  const compare = document.querySelector(".compare");
  const pick = compare && new Pick(compare, rows, (ids) => go({ models: ids }));

  const main = () => columns.get(data.node);
  const sortColumn = () => columns.get(state.sort) || main();

  // known returns a field of the search language.
  function known(name) {
    const key = name.toLowerCase();
    const field = data.fields.find((f) => f.name === key);
    if (field) return { number: field.number, of: field.number ? (row) => row.facts[key] === null ? null : number(row.facts[key]) : (row) => row.facts[key] };
    const column = columns.columns.find((c) => c.node && (c.key.toLowerCase() === key || c.name.toLowerCase() === key));
    return column && { number: true, of: (row) => columns.value(row, column) };
  }

  // test returns the test of a row, and says what is wrong with the search.
  function test() {
    let query = null;
    mistake.textContent = "";
    find.removeAttribute("aria-invalid");
    try {
      query = parse(find.value, known);
      last = query;
    } catch (e) {
      query = last; // what was understood last stays
      mistake.textContent = "Search: " + e.message + ".";
      find.setAttribute("aria-invalid", "true");
    }
    const facet = matcher(data, state.facets);
    return (row) => (!query || query(row)) && facet(row);
  }

  // render draws the state with what is loaded.
  function render() {
    const column = sortColumn(), by = column.node ? column : main();
    const file = files.get(by.key), byStrict = state.rule && file && strict(file);
    const isMain = by === main() && !byStrict;
    const ranking = byStrict || (file ? decode(file) : by === main() && page ? page : unranked(by));
    const only = (state.facets.ranked || []).length > 0, complete = new Set(ranking.ranked);
    const pass = test();
    const order = column.node && (file || by === main()) ? null : column.key === ":rank" ? null : column;
    const got = view.show({ ranking, node: by.name, test: (row) => pass(row) && (!only || complete.has(row.id)), order, turned: state.turned, main: isMain });
    for (const c of columns.columns) {
      if (c === column) c.th.setAttribute("aria-sort", state.turned === c.best ? "ascending" : "descending");
      else c.th.removeAttribute("aria-sort");
    }
    table.classList.toggle("other", got.part || !isMain);
    table.classList.toggle("strict", Boolean(state.rule));
    nothing.hidden = got.count > 0;
    const parts = [got.count === rows.length ? rows.length + (rows.length === 1 ? " row" : " rows") : got.count + " of " + rows.length + " rows"];
    parts.push(got.ranked + " ranked by " + by.name + (state.rule ? " (brain-score.org rule: missing counts 0)" : ""));
    if (column !== by || state.turned) parts.push("sorted by " + column.name + (state.turned ? ", turned round" : ""));
    if (got.part) parts.push("ranks recomputed among those shown");
    status.textContent = parts.join(", ") + ".";
    const changed = Boolean(find.value || Object.keys(state.facets).length);
    resets[0].hidden = !changed;
  }

  // unranked stands for a node whose ranks are not there: all rows, by value.
  function unranked(column) {
    return { ranked: [], rank: [], partial: rows.map((r) => r.id), reference: [], unscored: [] };
  }

  async function ranks(column) {
    if (!column.ranks || files.has(column.key)) return;
    files.set(column.key, await load(column.ranks, "ranks", column.key));
  }

  // apply brings the page to the state, and again when what it needs is loaded.
  async function apply() {
    const mine = ++turn;
    if (find.value !== state.find) find.value = state.find;
    panel.set(state.facets);
    for (const r of radios) r.checked = r.value === state.rule;
    if (pick) pick.set(state.models);
    const failed = (e) => {
      if (mine === turn) mistake.textContent = "A part of this board could not be loaded. If the site was just updated, load the page again.";
    };
    for (const c of columns.columns.filter((c) => c.open && !state.open.includes(c.key))) columns.close(c);
    for (const key of state.open) {
      const c = columns.get(key);
      if (c && !c.open) await columns.open(c).catch(failed);
      if (mine !== turn) return;
    }
    const column = sortColumn(), by = column.node ? column : main();
    const filtered = state.find || Object.keys(state.facets).length;
    const want = state.rule ? columns.columns.filter((c) => c.node) : by !== main() || filtered || !page ? [by] : [];
    const missing = want.filter((c) => c.ranks && !files.has(c.key));
    if (!missing.includes(by) || by === main() && page) draw(); // the rest follows
    if (!missing.length) return;
    await Promise.all(missing.map(ranks)).catch(failed);
    if (mine === turn && (page || !by.ranks || files.has(by.key))) draw();
  }

  function draw() {
    strictly();
    render();
  }

  // reveal scrolls the column that sorts into view, if an address names one that
  // is not.
  function reveal() {
    const box = table.parentNode, th = sortColumn().th, left = columns.columns[1].th.getBoundingClientRect().right;
    const at = th.getBoundingClientRect(), edge = box.getBoundingClientRect().right;
    if (at.right > edge) box.scrollLeft += at.right - edge + 24;
    else if (at.left < left && th !== columns.columns[1].th && th !== columns.columns[0].th) box.scrollLeft -= left - at.left;
  }

  // strictly puts the means by the rule of brain-score.org into the columns, or
  // takes them out.
  function strictly() {
    for (const c of columns.columns.filter((c) => c.node)) {
      const file = files.get(c.key), other = state.rule && file ? strict(file) : null;
      if (c.kept || other) columns.replace(c, other ? other.value : null);
    }
  }

  // go changes the state, and the address with it.
  function go(change, replace) {
    state = { ...state, ...change };
    const fragment = write(state, data.filter);
    const address = fragment ? "#" + fragment : location.pathname + location.search;
    history[replace ? "replaceState" : "pushState"](null, "", address);
    apply();
  }

  function restore() {
    if (location.hash && !location.hash.includes("=")) return; // a place on the page
    state = read(location.hash, names(data), data.filter);
    last = null;
    apply().then(reveal);
  }

  let typing = 0;
  find.addEventListener("input", () => {
    const first = !state.find || Date.now() - typing > 2000;
    typing = Date.now();
    go({ find: find.value }, !first); // one step back leads to before the search
  });
  find.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && find.value) {
      e.preventDefault();
      go({ find: "" });
    }
  });
  for (const r of radios) r.addEventListener("change", () => go({ rule: r.value }));
  for (const b of resets) b.addEventListener("click", () => {
    last = null;
    go({ find: "", facets: {} });
    find.focus();
  });
  window.addEventListener("popstate", restore);
  for (const e of document.querySelectorAll(".seek, .rule fieldset")) e.hidden = false;
  popovers(document.querySelectorAll(".tools .pop"));
  if (pick) pick.set([]);
  if (location.hash.includes("=") || data.filter) restore();
}
