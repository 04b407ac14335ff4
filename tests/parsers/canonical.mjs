// Reads a file of RDF with a parser in JavaScript and writes its canonical N-Quads (RDFC-1.0):
//     node canonical.mjs n3 text/turtle FILE        N3.js, for Turtle, TriG, N-Triples and N-Quads
//     node canonical.mjs jsonld application/ld+json FILE
// Triples that reify are left out: the algorithm knows no triple within a triple.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const REIFIES = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies';
const ALGORITHM = { algorithm: 'RDFC-1.0', format: 'application/n-quads' };
const load = createRequire(import.meta.url);

function readN3(text, mediaType) {
  const { Parser } = load('n3');
  const quads = new Parser({ format: mediaType, blankNodePrefix: '' }).parse(text);
  return load('rdf-canonize').canonize(quads.filter(quad => quad.predicate.value !== REIFIES), ALGORITHM);
}

function readJsonld(text) {
  const jsonld = load('jsonld');
  jsonld.documentLoader = address => Promise.reject(new Error(`nothing is to be fetched, but ${address} was asked for`));
  return jsonld.canonize(JSON.parse(text), ALGORITHM);
}

const [reader, mediaType, path] = process.argv.slice(2);
const text = readFileSync(path, 'utf8');
process.stdout.write(await (reader === 'n3' ? readN3(text, mediaType) : readJsonld(text)));
