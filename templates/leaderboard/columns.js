// The columns of the table: headings that sort, groups that open in place.

import { load } from "./load.js";
import { value } from "./rows.js";

const el = (tag, props, ...kids) => {
  const e = Object.assign(document.createElement(tag), props);
  e.append(...kids);
  return e;
};

const notRun = '<td class="na">\u2013<span class="vh"> not run</span></td>';

// markup returns a cell of a data file as HTML: "0.431 4 5 9/10 !2" is a score,
// how far its interval reaches below and above, its coverage and its warnings;
// all else is markup that the site's generator has escaped.
function markup(cell) {
  if (cell === "") return notRun;
  if (cell[0] === "<") return cell;
  const [text, a, b, ...more] = cell.split(" ");
  let out = '<td class="n v' + hundredths(text) + " a" + a + " b" + b + '">' + text;
  for (const m of more) {
    if (m[0] !== "!") out += "<small>" + m + "</small>";
    else out += '<sup class="warned" aria-hidden="true">!</sup><span class="vh"> ' + m.slice(1) + (m === "!1" ? " warning" : " warnings") + "</span>";
  }
  return out + "</td>";
}

// hundredths rounds a printed score of three decimals as the generator does.
export const hundredths = (text) => Math.min(Math.max(Math.floor((Math.round(1000 * parseFloat(text.replace("\u2212", "-"))) + 5) / 10), 0), 100);

export class Columns {
  // on has sort(column) and toggle(column).
  constructor(table, rows, on) {
    this.table = table;
    this.root = table.dataset.root;
    this.rows = rows;
    this.on = on;
    this.head = table.tHead.rows[0];
    this.columns = Array.from(this.head.cells, (th) => this.adopt(th, null));
    table.addEventListener("pointerover", (e) => {
      const td = e.target.closest("td");
      explain(td);
      if (td) this.link(td);
    });
  }

  get(key) {
    return this.columns.find((c) => c.key === key);
  }

  // opened returns the keys of the open groups, those above before those within.
  opened() {
    return this.columns.filter((c) => c.open).map((c) => c.key);
  }

  // adopt makes a column of a heading: its text becomes the button that sorts,
  // what it linked to a link behind it, and a group gets a button that opens it.
  adopt(th, parent) {
    const head = th.querySelector(".head"), link = head.querySelector("a");
    const column = {
      th, parent, key: th.dataset.key, name: head.textContent.trim(), ranks: th.dataset.ranks, behind: th.dataset.behind,
      size: Number(th.dataset.size || 0), score: th.dataset.score, apart: "apart" in th.dataset, open: false,
      node: th.classList.contains("n"), best: th.classList.contains("n") || th.classList.contains("c"),
    };
    const sort = el("button", { type: "button", className: "sort" }, column.name);
    sort.addEventListener("click", () => this.on.sort(column));
    head.replaceChildren(sort);
    const more = el("span", { className: "more" });
    if (column.size && column.behind) {
      column.button = el("button", { type: "button", className: "expand" }, String(column.size), el("span", { className: "vh" }, (column.size === 1 ? " column of " : " columns of ") + column.name));
      column.button.setAttribute("aria-expanded", "false");
      column.button.title = "Show the parts of " + column.name;
      column.button.addEventListener("click", () => this.on.toggle(column));
      more.append(column.button);
    }
    if (link) {
      const go = el("a", { href: link.getAttribute("href"), className: "go", title: "The page of " + column.name }, "\u2197", el("span", { className: "vh" }, " page of " + column.name));
      more.append(go);
    }
    if (more.childNodes.length) th.append(more);
    return column;
  }

  index(column) {
    return this.columns.indexOf(column);
  }

  cell(row, column) {
    return row.tr.cells[this.index(column)];
  }

  value(row, column) {
    return value(this.cell(row, column));
  }

  // link makes a score a link to its own page when the pointer comes: thousands of
  // links would be in the way of the keyboard, for which the model's page has them.
  link(td) {
    const column = this.columns[td.cellIndex], text = td.firstChild;
    if (!column || !column.score || column.kept || !text || text.nodeType !== Node.TEXT_NODE || text.data === "\u2013") return;
    const id = td.parentNode.cells[1].querySelector("a").getAttribute("href").split("/").slice(-2)[0];
    const a = el("a", { href: this.root + "scores/" + id + "/" + column.score + "/index.html", className: "score" });
    text.before(a);
    a.append(text);
  }

  // heading builds the heading of a column out of a data file.
  heading(c, above) {
    const th = el("th", { scope: "col", className: "n in", title: c.title || "" });
    th.dataset.key = c.key;
    if (c.ranks) th.dataset.ranks = this.root + c.ranks;
    if (c.behind) {
      th.dataset.behind = this.root + c.behind;
      th.dataset.size = c.size;
    }
    if (c.score) th.dataset.score = c.score;
    if (above.apart || !c.counted) {
      th.dataset.apart = "";
      th.title += (th.title ? " " : "") + "Not in the mean of " + this.columns[2].name + ".";
    }
    const eye = el("span", { className: "eye" }, above.name);
    const head = el("span", { className: "head" }, el("a", { href: this.root + c.href }, c.text));
    th.append(eye, el("span", { className: "hd" }, head));
    return th;
  }

  // open shows the parts of a group behind its column.
  async open(column) {
    if (column.open || !column.behind) return;
    const doc = await load(column.behind, "behind", column.key);
    if (column.open || !this.columns.includes(column)) return; // twice, or closed meanwhile
    const parts = doc.columns.filter((c) => !this.get(c.key));
    let at = this.index(column);
    if (this.columns[at + 1].key === ":interval") at++; // it belongs to the score
    const model = new Map(doc.models.map((id, i) => [id, i]));
    const added = parts.map((c) => this.adopt(this.heading(c, column), column));
    this.columns[at].th.after(...added.map((c) => c.th));
    for (const row of this.rows) {
      const i = model.get(row.id);
      row.tr.cells[at].insertAdjacentHTML("afterend", parts.map((c) => i === undefined ? notRun : markup(c.cells[i])).join(""));
    }
    this.columns.splice(at + 1, 0, ...added);
    this.mark(column, true);
  }

  // close removes all that hangs on a column.
  close(column) {
    if (!column.open) return;
    const within = (c) => c.parent && (c.parent === column || within(c.parent));
    const gone = this.columns.filter(within), from = this.columns.indexOf(gone[0]);
    for (const c of gone) c.th.remove();
    for (const row of this.rows) {
      for (let k = 0; k < gone.length; k++) row.tr.cells[from].remove();
    }
    this.columns = this.columns.filter((c) => !gone.includes(c));
    this.mark(column, false);
  }

  mark(column, open) {
    column.open = open;
    column.button.setAttribute("aria-expanded", String(open));
    column.button.title = (open ? "Hide" : "Show") + " the parts of " + column.name;
    for (const th of this.table.querySelectorAll("tr.sec th")) th.colSpan = this.columns.length;
    this.table.parentNode.classList.toggle("opened", this.opened().length > 0);
  }

  // replace puts other values into a column, or back what was there (null): the
  // means by another rule. Values are texts by id.
  replace(column, values) {
    if (column.kept) {
      for (const [row, td] of column.kept) this.cell(row, column).replaceWith(td);
      column.kept = null;
    }
    if (!values) return;
    column.kept = new Map();
    for (const row of this.rows) {
      const td = this.cell(row, column), text = values.get(row.id);
      const other = text === undefined ? el("td", { className: "na" }, "\u2013", el("span", { className: "vh" }, " no score")) : el("td", { className: "n v" + hundredths(text) }, text);
      if (td.classList.contains("m")) other.classList.add("m");
      column.kept.set(row, td);
      td.replaceWith(other);
    }
  }
}

// explain gives a cell a title of what its classes, its coverage and its marks
// stand for. A cell that has more to say came with one.
function explain(td) {
  if (!td || td.title || !/^(n |na)/.test(td.className)) return;
  const parts = [], m = / v(\d+) a(\d+) b(\d+)/.exec(td.className), small = td.querySelector("small");
  if (m) parts.push("95 % interval " + ((m[1] - m[2]) / 100).toFixed(2) + " to " + ((+m[1] + +m[3]) / 100).toFixed(2));
  if (small && small.textContent.includes("/")) parts.push("mean of " + small.textContent.replace("/", " of ") + " benchmarks");
  for (const spoken of td.querySelectorAll(".vh")) parts.push(spoken.textContent.trim() + (spoken.textContent.includes("warning") ? " on the model\u2019s page" : ""));
  td.title = parts.join("; ");
}
