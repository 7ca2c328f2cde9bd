// Draws charts under their static drawings, when they come near the screen. The
// drawing stays: it has the size, the links, and is what is printed. Whatever goes
// wrong here leaves the page as it was.
//
// Of others' use: a figure that is drawn sends the event "chart", with the
// instance of ECharts as its detail.
const script = document.currentScript;
const figures = document.querySelectorAll("figure[data-chart]");
const live = new Set();
let library;

// A script element, not a module: modules do not load from file://.
function load() {
  return (library ??= new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = script.dataset.library;
    element.onload = () => resolve(window.echarts);
    element.onerror = reject;
    document.head.append(element);
  }));
}

// Puts in what "var(--name)" is in the figure now.
function resolved(value, probe) {
  if (Array.isArray(value)) return value.map((v) => resolved(v, probe));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolved(v, probe)]));
  }
  if (typeof value !== "string" || !/^var\(--[\w-]+\)$/.test(value)) return value;
  probe.style.color = value;
  return getComputedStyle(probe).color;
}

// What points say that the option does not: the title of a point's mark is its
// name between two signs that isolate it, a colon, and what it says.
function titled(figure, source) {
  const marks = figure.querySelectorAll(".draw .p");
  for (const series of source.series) {
    for (const item of series.data || []) {
      if (item?.name && !item.say && "at" in item) item.say = marks[item.at]?.querySelector("title")?.textContent.slice(item.name.length + 4);
    }
  }
}

// A model's name comes from a stranger: it is text, and never markup.
function tip(item) {
  const box = document.createElement("div"), name = document.createElement("b"), own = document.createElement("bdi");
  box.className = "tip";
  own.textContent = item.name;
  name.append(own);
  box.append(name, item.say);
  return box;
}

function draw(figure, echarts) {
  const area = figure.querySelector(".area");
  const source = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  titled(figure, source);
  const host = document.createElement("div"), probe = document.createElement("i");
  host.className = "live";
  area.prepend(host);
  figure.append(probe);
  probe.hidden = true;
  let chart;
  try {
    chart = echarts.init(host, null, { renderer: "svg" });
    const style = () => {
      const option = resolved(source, probe);
      const font = getComputedStyle(figure).fontFamily;
      option.textStyle = { fontFamily: font };
      for (const grid of option.grid) grid.outerBoundsMode = "none"; // the plane is where the drawing has it
      for (const axis of option.yAxis) axis.axisTick = { show: false };
      Object.assign(option.tooltip, { confine: true, appendTo: figure.querySelector(".draw"), className: "tips", padding: [6, 10], formatter: (p) => tip(p.data) });
      chart.setOption(option, true);
    };
    style();
    live.add(style);
    new ResizeObserver(() => chart.resize()).observe(host);
  } catch (error) {
    chart?.dispose();
    host.remove();
    throw error;
  }
  figure.classList.add("is-live");
  point(figure, chart, source);
  figure.dispatchEvent(new CustomEvent("chart", { bubbles: true, detail: chart }));
}

// The drawing's marks, which are links, lie on the chart: pointing at one, or
// reaching it with the keyboard, shows its numbers.
function point(figure, chart, source) {
  const rows = figure.classList.contains("chart-rows");
  const marks = Array.from(figure.querySelectorAll(rows ? ".draw li" : ".draw .p"));
  const where = new Map();
  source.series.forEach((series, seriesIndex) => {
    (series.data || []).forEach((item, dataIndex) => {
      if (item && item.say) where.set(marks[item.at], { seriesIndex, dataIndex });
    });
  });
  for (const titled of figure.querySelectorAll(".draw [title]")) titled.removeAttribute("title");
  for (const title of figure.querySelectorAll(".draw title")) title.remove();
  let shown;
  const show = (target) => {
    const mark = target?.closest?.(rows ? "li" : ".p"), at = where.get(mark);
    if (mark === shown) return;
    if (shown) {
      chart.dispatchAction({ type: "downplay", ...where.get(shown) });
      chart.dispatchAction({ type: "hideTip" });
    }
    shown = at && mark;
    if (!at) return;
    chart.dispatchAction({ type: "highlight", ...at });
    chart.dispatchAction({ type: "showTip", ...at });
  };
  const box = figure.querySelector(".draw");
  box.addEventListener("pointerover", (e) => show(e.target));
  box.addEventListener("pointerleave", () => show(null));
  box.addEventListener("focusin", (e) => show(e.target));
  box.addEventListener("focusout", () => show(null));
}

if (figures.length && script?.dataset.library && "IntersectionObserver" in window && !navigator.connection?.saveData) {
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      load().then((echarts) => draw(target, echarts)).catch(() => {});
    }
  }, { rootMargin: "300px 0px" });
  figures.forEach((figure) => watch.observe(figure));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => live.forEach((style) => style()));
}
