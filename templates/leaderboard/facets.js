// The panel of filters: what rows have in common, with how many have it.

const unknown = "unknown";

// facets returns the properties that can be filtered by.
export const facets = (data) => data.fields.filter((f) => f.facet && (f.values.length > 1 || f.values.length === 1 && f.rows.includes(-1)));

// names returns what may stand in an address.
export const names = (data) => [...facets(data).map((f) => f.name), "ranked"];

// matcher returns the test of a row for the facets of a state.
export function matcher(data, chosen) {
  const tests = [];
  for (const f of facets(data)) {
    const want = chosen[f.name] || [];
    if (!want.length) continue;
    if (f.number) {
      const [from, to] = want[0].split("..").map((s) => (s ? Number(s) : null));
      tests.push((row) => row.facts[f.name] !== null && (from === null || row.facts[f.name] >= from) && (to === null || row.facts[f.name] <= to));
    } else {
      tests.push((row) => want.includes(row.facts[f.name] === null ? unknown : row.facts[f.name]));
    }
  }
  return (row) => tests.every((t) => t(row));
}

// Panel draws the filters and says when one changes.
export class Panel {
  constructor(root, data, title, change) {
    this.root = root;
    this.change = change;
    this.summary = root.querySelector("summary");
    this.inputs = [];
    const box = root.querySelector("div");
    for (const f of facets(data)) box.append(f.number ? this.range(f) : this.choice(f));
    const only = this.check("ranked", "1", "Only models that have all of " + title);
    box.append(only);
    root.hidden = false;
  }

  choice(f) {
    const set = document.createElement("fieldset"), legend = document.createElement("legend");
    legend.textContent = f.title;
    const count = f.values.map((v, i) => [v, f.rows.filter((r) => r === i).length]).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const missing = f.rows.filter((r) => r < 0).length;
    if (missing) count.push([unknown, missing]);
    set.append(legend, ...count.map(([v, n]) => this.check(f.name, v, v, n)));
    return set;
  }

  check(name, value, text, n) {
    const label = document.createElement("label"), input = document.createElement("input"), words = document.createElement("bdi");
    input.type = "checkbox";
    input.name = "board-" + name;
    input.value = value;
    words.textContent = text;
    label.append(input, " ", words);
    if (n !== undefined) {
      const small = document.createElement("small");
      small.textContent = " " + n;
      label.append(small);
    }
    input.addEventListener("change", () => this.change(this.chosen()));
    this.inputs.push({ name, input, check: true });
    return label;
  }

  range(f) {
    const set = document.createElement("fieldset"), legend = document.createElement("legend");
    legend.textContent = f.title;
    const values = f.values.map(Number), ends = [Math.min(...values), Math.max(...values)];
    set.className = "range";
    set.append(legend);
    ["from", "to"].forEach((word, i) => {
      const label = document.createElement("label"), input = document.createElement("input");
      input.type = "number";
      input.name = "board-" + f.name + "-" + word;
      input.placeholder = ends[i];
      label.append(word + " ", input);
      input.addEventListener("change", () => this.change(this.chosen()));
      this.inputs.push({ name: f.name, input, end: i });
      set.append(label);
    });
    return set;
  }

  // chosen returns the facets as the inputs are.
  chosen() {
    const out = {};
    for (const { name, input, check, end } of this.inputs) {
      if (check) {
        if (input.checked) (out[name] = out[name] || []).push(input.value);
      } else {
        const ends = (out[name] ? out[name][0] : "..").split("..");
        ends[end] = input.value;
        out[name] = [ends.join("..")];
      }
    }
    for (const name of Object.keys(out)) if (out[name][0] === "..") delete out[name];
    return out;
  }

  // set shows the facets of a state.
  set(chosen) {
    let n = 0;
    for (const { name, input, check, end } of this.inputs) {
      const want = chosen[name] || [];
      if (check) {
        input.checked = want.includes(input.value);
        if (input.checked) n++;
      } else {
        input.value = want.length ? want[0].split("..")[end] || "" : "";
        if (input.value) n++;
      }
    }
    this.summary.textContent = n ? "Filters (" + n + ")" : "Filters";
  }
}
