// The language of the search field:
//
//   query = and {"OR" and}
//   and   = not {["AND"] not}
//   not   = ("NOT" | "-") not | "(" query ")" | term
//   term  = [field ":"] (word | "phrase" | operator number | number ".." number | "unknown")
//
// Words are looked for anywhere, whatever their case and accents.

// plain makes texts comparable.
export const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const units = { k: 1e3, m: 1e6, b: 1e9, g: 1e9 };

// number reads "50M", ".4", "−0.3"; null is none.
export function number(text) {
  const m = /^([-\u2212]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmbg]?)$/i.exec(text.trim());
  return m ? parseFloat(m[1].replace("\u2212", "-")) * (units[m[2].toLowerCase()] || 1) : null;
}

// scan divides a query into tokens: "(", ")", and words with what is quoted in them.
function scan(text) {
  const out = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i];
    if (/\s/.test(c)) {
      i++;
    } else if (c === "(" || c === ")") {
      out.push({ mark: c });
      i++;
    } else {
      const token = { word: "", quoted: "" };
      for (; i < text.length && !/[\s()]/.test(text[i]); i++) {
        if (text[i] !== '"') {
          token.word += text[i];
          continue;
        }
        const end = text.indexOf('"', i + 1);
        if (end < 0) throw new Error('a quotation mark " is not closed');
        token.quoted += text.slice(i + 1, end);
        token.phrase = true;
        i = end;
      }
      out.push(token);
    }
  }
  return out;
}

// parse returns the test that a query makes of a row, null for an empty query.
// known(name) returns a field: {number: bool, of(row): text, number or null}, or
// nothing. A mistake throws an Error that says what is wrong.
export function parse(text, known) {
  const tokens = scan(text);
  let at = 0;
  const is = (word) => tokens[at] && tokens[at].word === word && !tokens[at].phrase;

  function any() {
    const parts = [all()];
    while (is("OR")) {
      at++;
      parts.push(all());
    }
    return parts.length === 1 ? parts[0] : (row) => parts.some((p) => p(row));
  }

  function all() {
    const parts = [not()];
    while (at < tokens.length && tokens[at].mark !== ")" && !is("OR")) {
      if (is("AND")) at++;
      parts.push(not());
    }
    return parts.length === 1 ? parts[0] : (row) => parts.every((p) => p(row));
  }

  function not() {
    const token = tokens[at];
    if (!token) throw new Error("something is missing at the end");
    if (is("NOT")) {
      at++;
      const p = not();
      return (row) => !p(row);
    }
    if (is("OR") || is("AND")) throw new Error(token.word + " needs a word on both sides");
    if (token.mark === ")") throw new Error("there is a ) too many");
    if (token.mark === "(") {
      at++;
      const p = any();
      if (!tokens[at] || tokens[at].mark !== ")") throw new Error("a ( is not closed");
      at++;
      return p;
    }
    at++;
    if (token.word[0] === "-" && (token.word.length > 1 || token.phrase)) {
      const p = term({ ...token, word: token.word.slice(1) });
      return (row) => !p(row);
    }
    return term(token);
  }

  function term(token) {
    const m = /^([^:<>="]+):(.*)$/.exec(token.word);
    if (!m) {
      const words = plain(token.word + token.quoted);
      return (row) => row.text.includes(words);
    }
    const field = known(m[1]);
    if (!field) throw new Error("there is no field " + m[1]);
    const value = m[2] + token.quoted;
    if (value === "") throw new Error("what should " + m[1] + " be?");
    if (!token.phrase && value.toLowerCase() === "unknown") return (row) => field.of(row) === null;
    return field.number ? compare(field, m[1], value) : contains(field, value);
  }

  const test = tokens.length ? any() : null;
  if (at < tokens.length) throw new Error("there is a ) too many");
  return test;
}

function contains(field, value) {
  const exact = value[0] === "=", want = plain(exact ? value.slice(1) : value);
  return (row) => {
    const have = field.of(row);
    return have !== null && (exact ? plain(have) === want : plain(have).includes(want));
  };
}

function compare(field, name, value) {
  const range = /^(.*)\.\.(.*)$/.exec(value);
  const m = range || /^(<=|>=|<|>|=)?(.*)$/.exec(value);
  const bounds = (range ? [m[1], m[2]] : [m[2]]).map((text) => {
    const n = number(text);
    if (n === null) throw new Error(name + " is a number, such as " + name + ":>=" + (name === "params" ? "25M" : name === "year" ? "2016" : "0.4"));
    return n;
  });
  const tests = {
    "<": (x) => x < bounds[0], "<=": (x) => x <= bounds[0], ">": (x) => x > bounds[0], ">=": (x) => x >= bounds[0], "=": (x) => x === bounds[0],
  };
  const test = range ? (x) => x >= bounds[0] && x <= bounds[1] : tests[m[1] || "="];
  return (row) => {
    const x = field.of(row);
    return x !== null && test(x);
  };
}
