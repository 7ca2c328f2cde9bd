// Adds to tables what needs a script: sorting by a column and finding rows. The
// state is in the address, so that a link shows the same. Without this file
// every table is complete.
(function () {
  "use strict";
  var table = document.querySelector("table[data-sort]");
  var find = document.querySelector("input[data-find]");
  if (!table) return;
  var heads = Array.from(table.tHead.rows[0].cells);
  var bodies = Array.from(table.tBodies);
  var status = document.getElementById(table.id + "-status");
  var first = { column: heads.findIndex(function (h) { return h.hasAttribute("aria-sort"); }), up: false };
  var now = { column: first.column, up: first.up };

  function say(text) { if (status) status.textContent = text; }

  function name(head) {
    var span = head.querySelector(".head");
    return (span || head).textContent.trim();
  }

  // A cell's number, or its text where it has none; null is missing.
  function key(cell) {
    if (!cell || cell.classList.contains("na")) return null;
    var text = cell.firstChild ? cell.firstChild.textContent.trim() : "";
    if (text === "") return null;
    var number = parseFloat(text.replace("\u2212", "-").replace(/\u202f/g, ""));
    return isNaN(number) || cell.tagName === "TH" ? text.toLowerCase() : number;
  }

  function sort(column, up) {
    now = { column: column, up: up };
    bodies.forEach(function (body) {
      var rows = Array.from(body.rows).filter(function (r) { return !r.classList.contains("sec"); });
      rows.map(function (row, i) { return { row: row, key: key(row.cells[column]), i: i }; })
        .sort(function (a, b) {
          if (a.key === b.key) return a.i - b.i;
          if (a.key === null) return 1;
          if (b.key === null) return -1;
          var c = typeof a.key === typeof b.key ? (a.key < b.key ? -1 : 1) : typeof a.key === "number" ? -1 : 1;
          return up ? c : -c;
        })
        .forEach(function (x) { body.appendChild(x.row); });
    });
    heads.forEach(function (h, i) {
      if (i === column) h.setAttribute("aria-sort", up ? "ascending" : "descending");
      else h.removeAttribute("aria-sort");
    });
    say("Sorted by " + name(heads[column]) + (up ? ", lowest first" : ", highest first"));
  }

  function filter(text) {
    var words = text.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    bodies.forEach(function (body) {
      var left = 0;
      Array.from(body.rows).forEach(function (row) {
        if (row.classList.contains("sec")) return;
        var have = row.querySelector("th").textContent.toLowerCase();
        row.hidden = !words.every(function (w) { return have.indexOf(w) >= 0; });
        if (!row.hidden) left++;
      });
      body.hidden = left === 0;
      shown += left;
    });
    say(shown + (shown === 1 ? " model" : " models"));
  }

  function save() {
    var state = new URLSearchParams();
    if (now.column !== first.column || now.up !== first.up) state.set("sort", (now.up ? "" : "-") + now.column);
    if (find && find.value) state.set("find", find.value);
    var hash = state.toString();
    history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }

  function restore() {
    var state = new URLSearchParams(location.hash.slice(1));
    var by = state.get("sort"), column = by ? Math.abs(parseInt(by, 10)) : first.column;
    if (heads[column] && column >= 0) sort(column, by ? by.charAt(0) !== "-" : first.up);
    if (find) { find.value = state.get("find") || ""; filter(find.value); }
    say("");
  }

  heads.forEach(function (head, i) {
    var button = document.createElement("button"), span = head.querySelector(".head") || head;
    button.type = "button";
    button.title = "Sort by " + name(head);
    if (span.querySelector("a")) { // the heading stays a link; the button stands behind it
      button.textContent = "↕";
      button.className = "by";
      button.setAttribute("aria-label", button.title);
      span.after(button);
    } else {
      while (span.firstChild) button.appendChild(span.firstChild);
      span.appendChild(button);
    }
    button.addEventListener("click", function () {
      var text = head.classList.contains("l") || head.classList.contains("rank");
      sort(i, now.column === i ? !now.up : text);
      save();
    });
  });
  window.addEventListener("hashchange", restore);
  if (find) {
    find.hidden = false;
    find.addEventListener("input", function () { filter(find.value); save(); });
  }
  if (location.hash.indexOf("=") > 0) restore();
})();
