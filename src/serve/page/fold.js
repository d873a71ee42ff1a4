// The Fold tab: a text, its pages, what they cost, and what the model reads on them.
import { base64ToBlob, call, postJson } from "/api.js";
import { diff } from "/diff.js";

const $ = (id) => document.getElementById(id);
const count = (n) => n.toLocaleString("en-US");

const SAMPLE = `Call me Ishmael. Some years ago - never mind how long precisely - having little or no money in my purse, and nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of the world. It is a way I have of driving off the spleen and regulating the circulation. Whenever I find myself growing grim about the mouth; whenever it is a damp, drizzly November in my soul; whenever I find myself involuntarily pausing before coffin warehouses, and bringing up the rear of every funeral I meet; and especially whenever my hypos get such an upper hand of me, that it requires a strong moral principle to prevent me from deliberately stepping into the street, and methodically knocking people's hats off - then, I account it high time to get to sea as soon as I can. This is my substitute for pistol and ball. With a philosophical flourish Cato throws himself upon his sword; I quietly take to the ship. There is nothing surprising in this. If they but knew it, almost all men in their degree, some time or other, cherish very nearly the same feelings towards the ocean with me.`;

let pages = [], shown = 0, urls = [], running = null;

function say(sentence, wrong = false) {
  $("fold-status").textContent = sentence;
  $("fold-status").classList.toggle("error", wrong);
}

function showPage(number) {
  shown = Math.max(0, Math.min(number, pages.length - 1));
  const page = pages[shown];
  $("page-picture").src = page.picture;
  $("page-save").href = page.picture;
  $("page-number").textContent = `${shown + 1} of ${pages.length}`;
  $("page-title").textContent = `${page.mode}, ${page.width} × ${page.height}`;
  $("page-before").disabled = shown === 0;
  $("page-after").disabled = shown === pages.length - 1;
}

function showBill(bill) {
  $("bill-text").textContent = (bill.text_tokenizer === "estimate" ? "≈" : "") + count(bill.text_tokens);
  $("bill-vision").textContent = count(bill.vision_tokens);
  $("bill-ratio").textContent = bill.ratio.toFixed(1) + "×";
  $("bill-right").textContent = "…";
  $("bill-remarks").textContent = bill.remarks;
  const most = Math.max(bill.text_tokens, bill.vision_tokens);
  $("bar-text").style.width = `${100 * bill.text_tokens / most}%`;
  $("bar-vision").style.width = `${100 * bill.vision_tokens / most}%`;
}

function showReading(text, read) {
  const back = $("fold-back");
  back.replaceChildren();
  const runs = diff(text, read);
  if (!runs) {
    back.textContent = read;
    $("bill-right").textContent = "few";
    return;
  }
  let same = 0;
  for (const [kind, piece] of runs) {
    if (kind === "same") same += Array.from(piece).length;
    const element = kind === "same" ? document.createTextNode(piece) : document.createElement(kind);
    element.textContent = piece.replaceAll("\n", kind === "same" ? "\n" : "↵\n");
    back.append(element);
  }
  const all = Math.max(Array.from(text).length, Array.from(read).length);
  $("bill-right").textContent = all ? `${(100 * same / all).toFixed(1)}%` : "";
}

async function fold() {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const text = $("fold-text").value;
  $("fold-result").setAttribute("aria-busy", "true");
  say("setting pages …");
  const bill = await postJson("/v1/fold", {
    text, mode: $("fold-mode").value, ratio: Number($("fold-ratio").value),
  }, { signal });
  pages = bill.pages;
  showBill(bill);
  showPage(0);
  urls.forEach(URL.revokeObjectURL);
  const file = base64ToBlob(bill.quire, "application/x-quire");
  urls = [URL.createObjectURL(file)];
  $("quire-save").href = urls[0];
  $("fold-back").textContent = "";
  $("fold-result").hidden = false;
  say(`reading ${pages.length === 1 ? "the page" : `${count(pages.length)} pages`} back …`);
  const response = await call("/v1/unfold", {
    method: "POST", body: file, headers: { "Content-Type": "application/x-quire" }, signal,
  });
  const reading = await response.json();
  showReading(text, reading.text);
  const bad = reading.pages.filter((page) => page.problem);
  say(bad.length ? bad[0].problem : "done", bad.length > 0);
  $("fold-result").removeAttribute("aria-busy");
}

export function start() {
  const form = $("fold-form"), button = form.querySelector(".main");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await fold();
    } catch (error) {
      if (error.name !== "AbortError") say(error.message, true);
    }
    button.disabled = false;
  });
  $("fold-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  $("fold-sample").addEventListener("click", () => { $("fold-text").value = SAMPLE; form.requestSubmit(); });
  $("fold-ratio").addEventListener("input", () => {
    const ratio = $("fold-ratio").value;
    $("fold-ratio-now").textContent = ratio === "0" ? "best" : `${ratio}×`;
  });
  $("page-before").addEventListener("click", () => showPage(shown - 1));
  $("page-after").addEventListener("click", () => showPage(shown + 1));
  $("page-zoom").addEventListener("click", () => $("page-zoom").classList.toggle("large"));
}
