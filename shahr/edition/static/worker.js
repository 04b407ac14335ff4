// Holds the graph and answers queries, away from the page so that it stays alive. Each message has one answer.
import start, { Store, defaultGraph, namedNode } from "./web.js";

const JSON_ROWS = "application/sparql-results+json";
const TYPES = { csv: "text/csv", json: JSON_ROWS, ttl: "text/turtle" };
const LABEL = "http://www.w3.org/2000/01/rdf-schema#label";
let store;

async function unpacked(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  let part = 0;
  const counted = new TransformStream({
    transform(piece, sink) {
      part += piece.byteLength;
      postMessage({ told: "download", part });
      sink.enqueue(piece);
    },
  });
  const bytes = new Uint8Array(await new Response(answer.body.pipeThrough(counted)).arrayBuffer());
  // A host may have it unpacked on the way, when it takes the end of its name for a content coding.
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return packed ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer() : bytes;
}

async function load(address) {
  postMessage({ told: "engine" });
  await start();
  const quads = new Uint8Array(await unpacked(address));
  postMessage({ told: "reading" });
  const fresh = new Store();
  fresh.load(quads, { format: "application/n-quads", lenient: true, no_transaction: true });
  // The default graph is the union of all graphs, each triple once, as it is at the endpoint.
  fresh.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
  store = fresh;
  const [row] = store.query("SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }");
  return { triples: Number(row.get("triples").value) };
}

function labelsOf(nodes, language) {
  const labels = {};
  for (const node of nodes) {
    const found = store.match(namedNode(node), namedNode(LABEL), null, defaultGraph()).map((quad) => quad.object);
    const best = found.find((one) => one.language === language) || found[0];
    if (best) labels[node] = { text: best.value, language: best.language };
  }
  return labels;
}

function nodesIn(rows) {
  const nodes = new Set();
  for (const row of rows) for (const term of Object.values(row)) if (term.type === "uri") nodes.add(term.value);
  return nodes;
}

function ask(query, longest, language) {
  const began = performance.now();
  let text, graph = false;
  try {
    text = store.query(query, { results_format: JSON_ROWS });
  } catch (error) {
    if (!error.message.includes("media type")) throw error;
    text = store.query(query, { results_format: TYPES.ttl });
    graph = true;
  }
  const seconds = (performance.now() - began) / 1000;
  if (graph) {
    const lines = text.split("\n");
    return { seconds, turtle: lines.slice(0, longest).join("\n"), more: lines.length > longest };
  }
  const read = JSON.parse(text);
  if (!read.results) return { seconds, truth: read.boolean };
  const rows = read.results.bindings.slice(0, longest);
  return { seconds, variables: read.head.vars, rows, size: read.results.bindings.length, labels: labelsOf(nodesIn(rows), language) };
}

const WORK = {
  load: (asked) => load(asked.address),
  ask: (asked) => ask(asked.query, asked.longest, asked.language),
  save: (asked) => ({ text: store.query(asked.query, { results_format: TYPES[asked.end] }), type: TYPES[asked.end] }),
};

onmessage = async ({ data }) => {
  try {
    postMessage({ told: "done", ...(await WORK[data.work](data)) });
  } catch (error) {
    postMessage({ told: "failed", reason: error.message });
  }
};
