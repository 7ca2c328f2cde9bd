// Turns tables of the page into text, and text into what CSV, Markdown and LaTeX
// may hold.

// Elements that are not part of a cell's text.
var passedOver = ".vh,[aria-hidden=true],td button,.by,.copy,input,svg,script,.open,.eye,.flag";

function read(node, inHeading) {
  var out = "";
  node.childNodes.forEach(function (n) {
    if (n.nodeType === Node.TEXT_NODE) out += n.data;
    if (n.nodeType !== Node.ELEMENT_NODE || n.matches(passedOver) || (inHeading && n.matches(".meta"))) return;
    var text = read(n, inHeading);
    if (n.matches("td.n small,.sec span") && tidy(text)) text = "(" + tidy(text) + ")";
    out += (/^(SMALL|SPAN|BR|DIV|P|LI)$/.test(n.tagName) ? " " : "") + text;
  });
  return out;
}

function tidy(text) {
  return text.replace(/\s+/g, " ").trim();
}

// What a cell says. A rank has its interval in brackets; of what is not there the
// words are taken, not the sign.
function cellText(cell) {
  if (cell.classList.contains("na")) {
    var words = cell.querySelector(".vh");
    return tidy(words ? words.textContent : cell.textContent);
  }
  var ends = cell.matches("td.rank") && cell.querySelector("b + span");
  if (ends && tidy(ends.textContent)) return tidy(cell.querySelector("b").textContent) + " [" + tidy(ends.textContent) + "]";
  return tidy(read(cell, cell.tagName === "TH"));
}

function shown(element) {
  return getComputedStyle(element).display !== "none";
}

// The rows of a table as it is shown: [{head: true}, {section: true}, {}], each with
// cells. What is hidden is left out; a cell that spans columns is followed by empty ones.
export function rowsOf(table) {
  var out = [], width = 0;
  Array.from(table.rows).forEach(function (row) {
    if (!shown(row) || !shown(row.parentNode)) return;
    var cells = [];
    Array.from(row.cells).forEach(function (cell) {
      if (!shown(cell)) return;
      cells.push(cellText(cell));
      for (var i = 1; i < cell.colSpan && i < 1000; i++) cells.push("");
    });
    var section = row.classList.contains("sec");
    out.push({ cells: section ? [cells[0]] : cells, head: row.parentNode.tagName === "THEAD", section: section });
    if (!section) width = Math.max(width, cells.length);
  });
  out.width = width;
  out.forEach(function (row) {
    while (!row.section && row.cells.length < width) row.cells.push("");
  });
  return out;
}

function plainNumber(text) {
  return text.replace(/\u2212(?=[\d.])/g, "-").replace(/(\d)[\u202f\u2009](?=\d{3})/g, "$1");
}

function isNumber(text) {
  return /^-?\d/.test(plainNumber(text));
}

// RFC 4180. A text that a spreadsheet would run has an apostrophe in front.
export function csv(rows) {
  return rows.filter(function (r) { return !r.section; }).map(function (row) {
    return row.cells.map(function (text) {
      text = plainNumber(text);
      if (/^[=+@\t\r]|^-(?!\d)/.test(text)) text = "'" + text;
      return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    }).join(",") + "\r\n";
  }).join("");
}

function markdownText(text) {
  return text.replace(/([\\`*_{}[\]<>#|~$])/g, "\\$1").replace(/&/g, "&amp;");
}

function line(cells) {
  return "| " + cells.join(" | ") + " |\n";
}

// A column is set to the right where most of its cells are numbers.
function numeric(rows) {
  var out = [];
  for (var i = 0; i < rows.width; i++) {
    var yes = 0, no = 0;
    rows.forEach(function (row) {
      if (row.head || row.section || !row.cells[i]) return;
      if (isNumber(row.cells[i])) yes++; else no++;
    });
    out.push(yes > no);
  }
  return out;
}

export function markdown(rows, caption) {
  var out = "", right = numeric(rows), ruled = false;
  rows.forEach(function (row) {
    if (row.section) {
      out += line(["**" + markdownText(row.cells[0]) + "**"].concat(Array(rows.width - 1).fill("")));
      return;
    }
    out += line(row.cells.map(markdownText));
    if (!ruled) out += line(right.map(function (r) { return r ? "--:" : ":--"; }));
    ruled = true;
  });
  return out + "\n" + markdownText(caption) + "\n";
}

var texSigns = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_",
  "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}", '"': "\\textquotedbl{}", "|": "\\textbar{}",
  "\u2212": "$-$", "\u2013": "--", "\u2014": "---", "\u2026": "\\dots{}", "\u00d7": "$\\times$", "\u00b1": "$\\pm$", "\u00b7": "$\\cdot$",
  "\u2205": "$\\emptyset$", "\u2715": "$\\times$", "\u00b0": "$^\\circ$", "\u202f": "\\,", "\u2009": "\\,", "\u00a0": "~", "\u203a": "\\textgreater{}", "\u2192": "$\\rightarrow$"
};

export function texText(text) {
  // Marks that change the direction of writing would end up in somebody's paper.
  return text.replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "").replace(/[\\{}$&#%_^~<>"|\u2212\u2013\u2014\u2026\u00d7\u00b1\u00b7\u2205\u2715\u00b0\u202f\u2009\u00a0\u203a\u2192]/g, function (c) { return texSigns[c]; });
}

// A cell must not begin with [, which \\ before it would take for its argument.
function texCell(text) {
  return texText(text).replace(/^\[/, "{[}");
}

export function latex(rows, caption, address) {
  var right = numeric(rows), out = "% \\usepackage{booktabs,hyperref}\n\\begin{table}\n  \\centering\n  \\caption{" + texText(caption) +
    (address ? " \\url{" + address.replace(/[%#{}\\]/g, function (c) { return c === "\\" ? "" : "\\" + c; }) + "}" : "") + "}\n  \\begin{tabular}{" +
    right.map(function (r) { return r ? "r" : "l"; }).join("") + "}\n    \\toprule\n";
  rows.forEach(function (row, i) {
    if (row.section) out += "    \\midrule\n    \\multicolumn{" + rows.width + "}{l}{\\textit{" + texText(row.cells[0]) + "}} \\\\\n";
    else out += "    " + row.cells.map(texCell).join(" & ") + " \\\\\n";
    if (row.head && (!rows[i + 1] || !rows[i + 1].head)) out += "    \\midrule\n";
  });
  return out + "    \\bottomrule\n  \\end{tabular}\n\\end{table}\n";
}
