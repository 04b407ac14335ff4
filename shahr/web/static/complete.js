// Asks the server for more names while one is typed; without it a form still offers the first ones.
"use strict";

const PAUSE = 150; // milliseconds of quiet before a question goes out

function offer(list, found) {
  const times = new Map();
  for (const one of found) times.set(one.label, (times.get(one.label) || 0) + 1);
  const known = new Set(Array.from(list.options, (option) => option.value));
  for (const one of found) {
    const value = times.get(one.label) > 1 ? one.curie : one.label;
    if (known.has(value)) continue;
    known.add(value);
    const option = document.createElement("option");
    option.value = value;
    if (value !== one.label) option.label = one.label;
    list.append(option);
  }
}

async function complete(input) {
  const text = input.value.trim();
  if (!text) return;
  const asked = new URLSearchParams({ q: text, kind: input.dataset.kind, lang: document.documentElement.lang });
  try {
    const answer = await fetch(`/complete?${asked}`);
    if (answer.ok && input.value.trim() === text) offer(input.list, await answer.json());
  } catch (error) {
    console.info("no completion:", error.message);
  }
}

for (const input of document.querySelectorAll("input[data-kind]")) {
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(complete, PAUSE, input);
  });
}
