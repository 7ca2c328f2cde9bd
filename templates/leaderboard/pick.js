// Choosing two to six models to compare.

const most = 6;

export class Pick {
  // link is the link to the page that compares; change is told the ids.
  constructor(link, rows, change) {
    this.link = link;
    this.rows = rows;
    this.href = link.getAttribute("href");
    for (const row of rows) {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.className = "choose";
      box.setAttribute("aria-label", "Compare " + row.name);
      box.addEventListener("change", () => change(this.rows.filter((r) => r.box.checked).map((r) => r.id)));
      row.box = box;
      row.tr.cells[1].prepend(box);
    }
    link.hidden = false;
    rows.length && rows[0].tr.closest("table").classList.add("choosing");
  }

  set(ids) {
    const have = ids.filter((id) => this.rows.some((r) => r.id === id)).slice(0, most);
    for (const row of this.rows) {
      row.box.checked = have.includes(row.id);
      row.box.disabled = !row.box.checked && have.length >= most;
    }
    const enough = have.length >= 2;
    this.link.textContent = enough ? "Compare " + have.length : have.length ? "Compare: choose one more" : "Compare: choose 2 to " + most;
    if (enough) this.link.href = this.href + "#models=" + have.map(encodeURIComponent).join(",");
    else this.link.removeAttribute("href");
  }
}
