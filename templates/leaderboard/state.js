// The state of a leaderboard as the fragment of its address. Only what differs
// from the page as it came is in it, in a fixed order, so that it is short and
// the same view has the same address:
//
//   #q=resnet+year:>=2015&architecture=transformer&sort=IT&open=neural,IT&rule=strict&models=a,b
//
// sort names a column; with "-" in front its order is turned round.

// empty is the state of the page as it came; a view may search for something at
// first.
export const empty = (find = "") => ({ find, facets: {}, sort: "", turned: false, open: [], rule: "", models: [] });

// encode leaves what people read in an address, and escapes "," in lists.
function encode(text, list) {
  let out = encodeURIComponent(text).replace(/%20/g, "+").replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%3D/g, "=");
  if (!list) out = out.replace(/%2C/g, ",");
  return out;
}

function decode(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "));
  } catch (e) {
    return text;
  }
}

const list = (values) => values.map((v) => encode(v, true)).join(",");
const split = (text) => text.split(",").filter(Boolean).map(decode);

// write returns the fragment without "#"; "" for the page as it came, whose search
// is first.
export function write(state, first = "") {
  const out = [];
  if (state.find !== first) out.push("q=" + encode(state.find));
  for (const name of Object.keys(state.facets).sort()) {
    if (state.facets[name].length) out.push(name + "=" + list(state.facets[name]));
  }
  if (state.sort || state.turned) out.push("sort=" + (state.turned ? "-" : "") + encode(state.sort));
  if (state.open.length) out.push("open=" + list(state.open));
  if (state.rule) out.push("rule=" + encode(state.rule));
  if (state.models.length) out.push("models=" + list(state.models));
  return out.join("&");
}

// read returns the state that a fragment stands for. facets are the names that
// may be filtered by; anything unknown is left out.
export function read(fragment, facets, first = "") {
  const state = empty(first);
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at < 1) continue;
    const name = part.slice(0, at), value = part.slice(at + 1);
    if (name === "q") state.find = decode(value);
    else if (name === "open") state.open = split(value);
    else if (name === "models") state.models = split(value);
    else if (name === "rule") state.rule = value === "strict" ? value : "";
    else if (name === "sort") {
      state.turned = value[0] === "-";
      state.sort = decode(state.turned ? value.slice(1) : value);
    } else if (facets.includes(name)) state.facets[name] = split(value);
  }
  return state;
}
