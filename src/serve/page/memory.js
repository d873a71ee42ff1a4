// The Memory tab: what is remembered and how sharp it still is, what a context of some tokens would
// hold, and how all of it looks after a day, a month, a year.
import { call, postJson } from "/api.js";

const $ = (id) => document.getElementById(id);
const DAY = 86400;
const AHEAD = [["today", 0], ["in two hours", 7200], ["in two days", 2 * DAY], ["in ten days", 10 * DAY],
  ["in six weeks", 42 * DAY], ["in four months", 120 * DAY], ["in a year", 366 * DAY],
  ["in two years", 732 * DAY], ["in five years", 1826 * DAY]];

let offset = 0;  // seconds that were let pass, beyond the clock
let picture = "";

const now = () => Math.floor(Date.now() / 1000) + offset;

function say(sentence, wrong = false) {
  $("memory-status").textContent = sentence;
  $("memory-status").classList.toggle("error", wrong);
}

async function act(work) {
  try {
    await work();
  } catch (error) {
    say(error.message, true);
  }
}

function item(entry, tokens) {
  const row = document.createElement("li");
  row.className = `entry ${entry.tier}`;
  const head = document.createElement("div");
  head.className = "quiet row";
  const sure = entry.confidence !== undefined && entry.tier !== "text" ? `, ${Math.round(100 * entry.confidence)}% sure` : "";
  const left = document.createElement("span");
  left.textContent = `${entry.when} · ${entry.role || "note"} · ${entry.tier}${sure}${tokens ? ` · ${tokens} tokens` : ""}`;
  const forget = document.createElement("button");
  forget.type = "button";
  forget.className = "plain";
  forget.textContent = "forget";
  forget.setAttribute("aria-label", `forget entry ${entry.id}`);
  forget.addEventListener("click", () => act(async () => {
    await call(`/v1/memory/${entry.id}`, { method: "DELETE" });
    await show();
  }));
  head.append(left, forget);
  const text = document.createElement("p");
  text.textContent = entry.text ?? "on a page that nobody has read since it faded";
  row.append(head, text);
  if (entry.tier !== "text" && entry.facts.length) {
    const facts = document.createElement("p");
    facts.className = "quiet";
    facts.textContent = `exactly: ${entry.facts.join("; ")}`;
    row.append(facts);
  }
  return row;
}

// A year of somebody's notes, for a memory that has none: denser the nearer they are.
const PEOPLE = ["Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo"];
const THINGS = ["the boathouse", "the north window", "the old printing press", "the green bicycle", "the map room",
  "the walnut table", "the harbour lamp", "the second ledger"];
const NOTES = [
  (who, what, n) => `${who} called about ${what}. The estimate is ${240 + 7 * n} euros, reference Q-${1000 + 37 * n}, and the work is to begin on the ${2 + n % 26}th if the weather holds.`,
  (who, what) => `Walked along the quay with ${who} and talked for an hour about ${what}, and about what to keep and what to let go. Nothing was decided, but it was a good evening.`,
  (who, what, n) => `The spare key of ${what} lies behind brick number ${3 + n % 40}; ${who} knows, nobody else does.`,
  (who, what, n) => `${who} sent ${3 + n % 7} photographs of ${what}. In the third one the label can be read: series ${String.fromCharCode(65 + n % 26)}${100 + n}, made in ${1880 + n % 70}.`,
];
const DAYS = 26, ENTRIES = 4, SENTENCES = 7;  // a day of notes fills a page

function exampleYear() {
  const notes = [];
  for (let n = 0; n < DAYS * ENTRIES; ++n) {
    const day = Math.floor(n / ENTRIES);
    const age = 120 + 360 * DAY * ((DAYS - 1 - day) / (DAYS - 1)) ** 3 + 600 * (ENTRIES - 1 - n % ENTRIES);
    const text = Array.from({ length: SENTENCES }, (_, k) => k + n * SENTENCES).map((k) =>
      NOTES[(k * 3 + (k >> 2)) % NOTES.length](PEOPLE[(k * 5 + day) % PEOPLE.length], THINGS[(k * 3 + (k >> 3)) % THINGS.length], k)).join(" ");
    notes.push({ text, role: n % 3 === 2 ? "assistant" : "user", at: Math.round(now() - age) });
  }
  return notes;
}

async function draw() {
  const budget = Number($("memory-budget").value) || 0;
  const response = await call(`/v1/memory/timeline.svg?at=${now()}&budget=${budget}&theme=${document.documentElement.dataset.theme}`);
  const url = URL.createObjectURL(await response.blob());
  const img = $("memory-picture");
  // Where it is wider than the window, what just happened is what is seen of it.
  if (!picture) img.addEventListener("load", () => { img.parentElement.scrollLeft = img.width; }, { once: true });
  img.src = url;
  if (picture) URL.revokeObjectURL(picture);
  picture = url;
}

// The picture again, in the page's new colours.
export const repaint = () => act(draw);

export async function show() {
  await act(async () => {
    let memory;
    try {
      memory = await (await call("/v1/memory")).json();
    } catch (error) {
      $("memory-off").hidden = false;
      $("memory-on").hidden = true;
      return;
    }
    const bill = await postJson("/v1/memory/context", { budget: Math.max(1, Number($("memory-budget").value) || 1) });
    const tokens = new Map(bill.entries.map((entry) => [entry.id, entry.tokens]));
    $("memory-title").textContent = `${memory.entries.length} ${memory.entries.length === 1 ? "entry" : "entries"}`;
    $("memory-bill").textContent = `a context takes ${bill.tokens} of ${bill.budget} tokens, ${bill.left_out} left out`;
    const empty = memory.entries.length === 0;
    $("memory-empty").hidden = !empty;
    $("memory-timeline").hidden = empty;
    $("memory-list").replaceChildren(...memory.entries.reverse().slice(0, 300).map((entry) => item(entry, tokens.get(entry.id))));
    await draw();
  });
}

export function start() {
  $("memory-add").addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      const { ids } = await postJson("/v1/memory", {
        text: $("memory-text").value, role: $("memory-role").value, pinned: $("memory-pin").checked, at: now(),
      });
      $("memory-text").value = "";
      say(`remembered as ${ids.join(", ")}`);
      await show();
    });
  });
  $("memory-example").addEventListener("click", () => act(async () => {
    $("memory-example").disabled = true;
    const notes = exampleYear();
    for (const [number, note] of notes.entries()) {
      say(`remembering ${number + 1} of ${notes.length} notes …`);
      await postJson("/v1/memory", note);
    }
    say("letting them fade …");
    const report = await postJson("/v1/memory/tick", { at: now() });
    say(`${notes.length} notes of a year, the older ones on ${report.set} pages by now; try to recall one`);
    await show();
    $("memory-example").disabled = false;
  }));
  $("memory-recall").addEventListener("submit", (event) => {
    event.preventDefault();
    act(async () => {
      say("reading …");
      const { entries } = await postJson("/v1/memory/recall", { query: $("memory-query").value, at: now() });
      say(entries.length ? `${entries.length} found` : "nothing that can still be read answers this");
      $("memory-title").textContent = "Recalled";
      $("memory-list").replaceChildren(...entries.map((entry) => item(entry)));
    });
  });
  $("memory-age").addEventListener("input", () => {
    const [words, seconds] = AHEAD[Number($("memory-age").value)];
    $("memory-when").textContent = words;
    $("memory-tick").disabled = seconds === 0;
  });
  $("memory-tick").addEventListener("click", () => act(async () => {
    const [words, seconds] = AHEAD[Number($("memory-age").value)];
    say("ageing …");
    offset = Math.max(offset, seconds);
    const report = await postJson("/v1/memory/tick", { at: now() });
    say(`${words}: ${report.set} leaves set, ${report.aged} aged, ${report.forgotten} entries forgotten`);
    await show();
  }));
  $("memory-budget").addEventListener("change", show);
}
