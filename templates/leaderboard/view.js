// Puts a state on the page: which rows are shown, in which order and section,
// with which ranks.

import { among, bands } from "./ranks.js";

const sections = ["ranked", "partial", "reference", "unscored"];

export class View {
  constructor(table, rows, columns) {
    this.table = table;
    this.rows = rows;
    this.columns = columns;
    this.byID = new Map(rows.map((r) => [r.id, r]));
    this.bodies = {};
    for (const body of table.tBodies) this.bodies[body.dataset.section] = body;
    this.width = () => columns.columns.length;
  }

  body(name, node, strict) {
    let body = this.bodies[name];
    if (!body) {
      body = this.bodies[name] = document.createElement("tbody");
      body.dataset.section = name;
      const before = sections.slice(sections.indexOf(name) + 1).map((s) => this.bodies[s]).find(Boolean);
      this.table.insertBefore(body, before || null);
    }
    if (name !== "ranked" && !body.querySelector("tr.sec")) {
      const tr = body.insertRow(0), th = document.createElement("th");
      tr.className = "sec";
      th.scope = "rowgroup";
      th.colSpan = this.width();
      th.append(document.createElement("div"));
      tr.append(th);
    }
    const words = {
      partial: ["Not ranked here: lacks a benchmark of " + node, "ordered by the mean of the benchmarks that each has"],
      reference: ["Reference rows, not models", "for comparison, never ranked"],
      unscored: ["Without a score at " + node, "not run, failed, not applicable, or undefined"],
    }[name];
    if (words) {
      const div = body.querySelector("tr.sec div"), note = document.createElement("span");
      note.textContent = words[1];
      div.replaceChildren(words[0], note);
    }
    return body;
  }

  // show draws a ranking at a node for the rows that pass a test. order, where it
  // is not null, is a column whose values order the rows of each section; turned
  // turns the order round. It returns how many rows are shown, and of how many.
  show({ ranking, all, node, test, order, turned, main, ranks }) {
    const shown = new Set(this.rows.filter(test).map((r) => r.id));
    const places = among(ranking, shown), cuts = bands(ranking, shown);
    const every = all || among(ranking, new Set(ranking.ranked));
    const part = [...places.keys()].length < ranking.ranked.length;
    const left = new Set(this.rows.map((r) => r.id));
    const lists = {};
    for (const name of sections) {
      lists[name] = ranking[name].filter((id) => left.delete(id)).map((id) => this.byID.get(id));
    }
    lists.unscored.push(...this.rows.filter((r) => left.has(r.id)));
    let count = 0;
    for (const name of sections) {
      let list = lists[name];
      if (!list.length && !this.bodies[name]) continue;
      if (order) list = sorted(list, (row) => this.columns.value(row, order), !order.best);
      if (turned) list = list.slice().reverse();
      const body = this.body(name, node);
      let n = 0;
      const rows = document.createDocumentFragment();
      for (const row of list) {
        row.tr.hidden = !shown.has(row.id);
        if (!row.tr.hidden) n++;
        row.tr.classList.toggle("band", !order && !turned && cuts.has(row.id));
        this.rank(row, name === "ranked" ? places.get(row.id) : null, { n: places.size, part, global: every.get(row.id), of: ranking.ranked.length, main });
        rows.append(row.tr);
      }
      body.append(rows);
      body.hidden = n === 0;
      count += n;
    }
    return { count, ranked: places.size, part };
  }

  // rank writes the place of a row.
  rank(row, place, { n, part, global, of, main }) {
    const td = row.tr.cells[0];
    if (main && !part && row.rankCell) { // as the page came
      if (row.drawn) td.replaceWith(row.rankCell.cloneNode(true));
      row.drawn = false;
      return;
    }
    row.drawn = true;
    td.className = "rank";
    td.title = "";
    td.replaceChildren();
    if (!place) {
      const none = document.createElement("span");
      none.className = "vh";
      none.textContent = "not ranked";
      td.append(none);
      return;
    }
    const b = document.createElement("b");
    b.textContent = place.rank;
    td.append(b);
    if (place.best && n > 1) {
      const span = document.createElement("span");
      span.textContent = "[" + place.best + "\u2013" + place.worst + "]";
      td.append(" ", span);
      if (!part) {
        const on = (k) => Math.round((100 * (k - 1)) / (n - 1));
        td.className = "rank v" + on(place.rank) + " l" + on(place.best) + " h" + on(place.worst);
      }
    }
    if (part && global) {
      const small = document.createElement("small");
      small.textContent = "all: " + global.rank + (global.best ? " [" + global.best + "\u2013" + global.worst + "]" : "");
      small.title = "rank " + global.rank + " of all " + of;
      td.append(" ", small);
    }
  }
}

// sorted orders rows by a value, largest first unless up, missing ones last;
// equal ones keep their order.
function sorted(rows, value, up) {
  return rows.map((row) => ({ row, x: value(row) })).sort((a, b) => {
    if (a.x === b.x) return 0;
    if (a.x === null) return 1;
    if (b.x === null) return -1;
    return (a.x < b.x ? -1 : 1) * (up ? 1 : -1);
  }).map((e) => e.row);
}
