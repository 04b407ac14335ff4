// The page of SPARQL in the browser: takes a query, has the worker answer it, shows the answer.
"use strict";

(() => {
  const form = document.getElementById("ask");
  const field = document.getElementById("query");
  const part = (name) => document.getElementById(name);
  const texts = form.dataset;
  const language = document.documentElement.lang;
  const data = part("data");
  const scripts = document.currentScript.src;
  const prefixes = Object.entries(JSON.parse(texts.prefixes));
  const mine = new RegExp(`^(${texts.kinds.split(" ").join("|")})/([a-z0-9]+(?:-[a-z0-9]+)*)$`);
  const prologue = /^(?:\s|#.*|(?:PREFIX\s*[^\s:<]*:|BASE)\s*<[^<>]*>)*/i;
  const begins = /^(?:SELECT|ASK|CONSTRUCT|DESCRIBE|PREFIX|BASE)\b/i; // the last two where they cannot be read
  const term = /^(ns|shapes)#([A-Za-z][A-Za-z0-9-]*)$/;
  let worker = null;
  let loaded = null; // a promise, once the graph is asked for
  let waiting = null; // what the worker's answer goes to
  let answered = ""; // the query whose answer is shown

  const number = (value, digits = 0) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  const tell = (text) => { part("status").textContent = text; };

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // ---- the worker

  function hear({ data: said }) {
    if (said.told === "engine") return tell(texts.engine);
    if (said.told === "reading") return tell(texts.reading);
    if (said.told === "download") {
      const megabytes = (bytes) => number(bytes / 1e6, 1);
      return tell(filled(texts.download, { part: megabytes(said.part), whole: megabytes(Number(data.dataset.bytes)) }));
    }
    const { done, failed } = waiting;
    waiting = null;
    if (said.told === "done") done(said);
    else failed(new Error(said.reason));
  }

  function have(work) {
    return new Promise((done, failed) => {
      waiting = { done, failed };
      worker.postMessage(work);
    });
  }

  function load() {
    if (loaded) return loaded;
    worker = new Worker(new URL("worker.js", scripts), { type: "module" });
    worker.onmessage = hear;
    worker.onerror = () => waiting && waiting.failed(new Error(texts.failed));
    loaded = have({ work: "load", address: data.href }).then((found) => {
      tell(filled(texts.ready, { number: number(found.triples) }));
    }, (error) => {
      if (error.message === texts.stopped) throw error;
      console.info("not loaded:", error.message);
      forget();
      throw new Error(texts.failed);
    });
    return loaded;
  }

  function forget() {
    if (worker) worker.terminate();
    worker = loaded = waiting = null;
  }

  // ---- the answer

  function address(iri) {
    if (!iri.startsWith(texts.base)) return /^https?:\/\/[^/?#]/.test(iri) ? iri : null;
    const local = iri.slice(texts.base.length);
    const node = mine.exec(local);
    if (node) return `${node[1]}/${node[2]}.html`;
    const word = term.exec(local);
    if (word) return `${word[1]}.html#${word[2]}`;
    return local === "" ? "index.html" : null;
  }

  function short(iri) {
    const fitting = prefixes.filter(([, space]) => iri.startsWith(space)).sort((a, b) => b[1].length - a[1].length)[0];
    return fitting ? `${fitting[0]}:${iri.slice(fitting[1].length)}` : iri;
  }

  const code = (text) => element("code", { dir: "ltr", translate: "no" }, text);
  const isolated = (text, tongue) => element("bdi", tongue ? { lang: tongue } : {}, text);

  function node(iri, labels) {
    const label = labels[iri];
    const shown = label ? isolated(label.text, label.language) : code(short(iri));
    const target = address(iri);
    if (!target) return shown;
    const outside = iri.startsWith(texts.base) ? {} : { rel: "external noopener" };
    return element("a", { href: target, title: iri, ...outside }, shown);
  }

  function cell(found, labels) {
    if (!found) return "";
    if (found.type === "uri") return node(found.value, labels);
    if (found.type === "literal") return isolated(found.value, found["xml:lang"]);
    return code(found.type === "bnode" ? `_:${found.value}` : JSON.stringify(found.value));
  }

  function table(found) {
    const rows = found.rows.map((row) =>
      element("tr", {}, ...found.variables.map((name) => element("td", {}, cell(row[name], found.labels)))));
    const heads = found.variables.map((name) => element("th", { scope: "col" }, code(name)));
    const cut = found.size > found.rows.length;
    const counted = filled(cut ? texts.cut : found.size === 1 ? texts.one : texts.many, { number: number(found.rows.length) });
    const whole = element("table", {}, element("caption", {}, counted),
      element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    return element("div", { class: "wide", role: "region", "aria-label": counted, tabindex: "0" }, whole);
  }

  function turtle(found) {
    const text = element("pre", { dir: "ltr", tabindex: "0", translate: "no" }, found.turtle);
    const cut = found.more ? [element("p", {}, filled(texts.lines, { number: number(Number(texts.longest)) }))] : [];
    return element("div", {}, ...cut, text);
  }

  function shown(found) {
    if (found.turtle !== undefined) return turtle(found);
    if (found.truth !== undefined) return element("p", { class: "truth" }, found.truth ? texts.yes : texts.no);
    return found.rows.length ? table(found) : element("p", {}, texts.none);
  }

  function show(found) {
    part("found").replaceChildren(shown(found));
    const graph = found.turtle !== undefined;
    for (const button of part("downloads").querySelectorAll("button")) {
      button.hidden = graph !== (button.dataset.end === "ttl") || (button.dataset.end === "csv" && found.truth !== undefined);
    }
    part("answer").hidden = false;
    const times = { seconds: number(found.seconds, found.seconds < 1 ? 3 : 1) };
    const size = found.size === undefined ? "" : filled(found.size === 1 ? texts.one : texts.many, { number: number(found.size) });
    tell(`${size} ${filled(texts.took, times)}`.trim());
  }

  // The engine says where it gave up, and then all that could stand there, which helps nobody.
  function readable(reason) {
    const place = /^error at (\d+):(\d+): (?:expected (?:one of )?)?/.exec(reason);
    if (!place) return reason;
    const line = field.value.split("\n")[place[1] - 1] || "";
    return `${line}\n${" ".repeat(Math.max(place[2] - 1, 0))}↑`;
  }

  // The engine takes a change of the graph for a slip of the pen, and an empty query too.
  function isForm(query) {
    return begins.test(query.replace(prologue, ""));
  }

  function fail(error) {
    const place = /^error at (\d+):(\d+)/.exec(error.message);
    tell(place ? filled(texts.place, { line: number(place[1]), column: number(place[2]) }) : "");
    const sentence = part("sentence");
    const said = place && !isForm(field.value) ? texts.forms : readable(error.message);
    sentence.textContent = said;
    const ours = [texts.failed, texts.stopped, texts.forms].includes(said);
    sentence.lang = ours ? language : "en";
    sentence.dir = ours ? document.documentElement.dir : "ltr";
    sentence.classList.toggle("where", Boolean(place) && !ours);
    part("failure").hidden = false;
    field.setAttribute("aria-invalid", "true");
  }

  function busy(on) {
    part("run").disabled = on;
    part("stop").hidden = !on;
    form.setAttribute("aria-busy", String(on));
  }

  async function run() {
    if (waiting || location.protocol === "file:") return;
    busy(true);
    part("failure").hidden = part("answer").hidden = true;
    field.removeAttribute("aria-invalid");
    const query = field.value;
    history.replaceState(null, "", permalink());
    try {
      await load();
      tell(texts.asking);
      show(await have({ work: "ask", query, longest: Number(texts.longest), language }));
      answered = query;
    } catch (error) {
      fail(error);
    } finally {
      busy(false);
    }
  }

  function stop() {
    const { failed } = waiting || {};
    forget();
    if (failed) failed(new Error(texts.stopped));
    busy(false);
  }

  async function save(end) {
    if (waiting) return;
    try {
      const found = await have({ work: "save", query: answered, end });
      const link = element("a", { download: `shahr.${end}` });
      link.href = URL.createObjectURL(new Blob([found.text], { type: found.type }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      fail(error);
    }
  }

  // ---- the query in the address

  const permalink = () => `#query=${encodeURIComponent(field.value)}`;

  function take() {
    const given = new URLSearchParams(location.hash.slice(1)).get("query");
    if (!given) return;
    field.value = given;
    field.rows = Math.min(Math.max(given.split("\n").length + 2, 8), 24);
    part("permalink").href = permalink();
    form.scrollIntoView();
    run();
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
  field.addEventListener("input", () => { part("permalink").href = permalink(); });
  document.querySelector(".tongue").addEventListener("click", (event) => { event.currentTarget.hash = permalink(); });
  part("stop").addEventListener("click", stop);
  part("downloads").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) save(button.dataset.end);
  });
  window.addEventListener("hashchange", take);
  part("permalink").href = permalink();
  if (location.protocol === "file:") part("from-file").hidden = false;
  take();
})();
