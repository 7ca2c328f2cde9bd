// The rows of the table and what is known of each.

import { plain } from "./query.js";

// readRows returns the rows in the order of the page.
export function readRows(table, data) {
  const rows = [];
  for (const body of table.tBodies) {
    for (const tr of body.rows) {
      if (tr.classList.contains("sec")) continue;
      const link = tr.cells[1].querySelector("a"), i = rows.length;
      const facts = {};
      for (const f of data.fields) facts[f.name] = f.rows[i] < 0 ? null : f.values[f.rows[i]];
      const id = link.getAttribute("href").split("/").slice(-2)[0], name = link.textContent;
      rows.push({
        tr, id, name, facts, order: i,
        text: plain([name, id, facts.family || "", facts.submitter || ""].join("\n")),
        rankCell: data.filter ? null : tr.cells[0].cloneNode(true), // among all
      });
    }
  }
  return rows;
}

// pageRanking is the ranking that the page came with: the same as a ranks file,
// but for which differences are significant.
export function pageRanking(table) {
  const out = { ranked: [], rank: [], best: [], worst: [], partial: [], reference: [], unscored: [] };
  for (const body of table.tBodies) {
    for (const tr of body.rows) {
      if (tr.classList.contains("sec")) continue;
      const id = tr.cells[1].querySelector("a").getAttribute("href").split("/").slice(-2)[0];
      out[body.dataset.section].push(id);
      if (body.dataset.section !== "ranked") continue;
      const [rank, best, worst] = tr.cells[0].textContent.match(/\d+/g).map(Number);
      out.rank.push(rank);
      out.best.push(best);
      out.worst.push(worst);
    }
  }
  if (out.best.includes(undefined)) out.best = out.worst = null;
  return out;
}

// value returns what a cell is sorted by: its number, or its text; null where it
// is missing.
export function value(cell) {
  if (!cell || cell.classList.contains("na")) return null;
  const text = cell.tagName === "TH" ? cell.querySelector("a").textContent : cell.firstChild ? cell.firstChild.textContent.trim() : "";
  if (text === "") return null;
  if (cell.tagName === "TH") return plain(text);
  const n = parseFloat(text.replace("\u2212", "-"));
  return isNaN(n) ? null : n;
}
