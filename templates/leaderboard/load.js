// Loads the data files of a board. They are scripts that call bsgen(kind, node,
// document): from file:// a page may load scripts and nothing else.

const documents = new Map(), requests = new Map();

window.bsgen = (kind, node, doc) => documents.set(kind + " " + node, doc);

// load returns the document of a node in a file, once it is there.
export function load(src, kind, node) {
  if (!requests.has(src)) {
    requests.set(src, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = src;
      script.onload = () => {
        const doc = documents.get(kind + " " + node);
        if (doc) resolve(doc);
        else reject(new Error(src + " holds something else"));
      };
      script.onerror = () => {
        requests.delete(src); // may be tried again
        reject(new Error(src + " can not be loaded"));
      };
      document.head.append(script);
    }));
  }
  return requests.get(src);
}
