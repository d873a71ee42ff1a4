// The Read tab: a picture or PDF, read page by page; boxes over the page, linked to the text.
import { events } from "/api.js";
import { elementsOf } from "/safe.js";

const $ = (id) => document.getElementById(id);
const HUES = { title: 12, text: 210, table: 140, image: 275, figure: 275, formula: 45, list: 185 };

let pages = [], shown = -1, name = "page", running = null, urls = [];

function say(sentence, wrong = false) {
  $("read-status").textContent = sentence;
  $("read-status").classList.toggle("error", wrong);
}

function hue(label) {
  if (label in HUES) return HUES[label];
  let sum = 0;
  for (const c of label) sum = (sum * 31 + c.codePointAt(0)) % 360;
  return sum;
}

function link(element, number) {
  const light = (on) => document.querySelectorAll(`[data-block="${number}"]`)
    .forEach((other) => other.classList.toggle("lit", on));
  for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]]) {
    element.addEventListener(event, () => light(on));
  }
}

function drawBoxes(page) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  page.blocks.forEach((block, number) => {
    for (const [left, top, right, bottom] of block.boxes) {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      box.setAttribute("x", left);
      box.setAttribute("y", top);
      box.setAttribute("width", right - left);
      box.setAttribute("height", bottom - top);
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.setAttribute("aria-label", `${block.label || "text"} ${number + 1}`);
      box.dataset.block = number;
      box.style.setProperty("--hue", hue(block.label));
      link(box, number);
      const show = () => document.querySelector(`#read-text [data-block="${number}"]`)
        ?.scrollIntoView({ block: "nearest", behavior: "smooth" });
      box.addEventListener("click", show);
      box.addEventListener("keydown", (event) => { if (event.key === "Enter") show(); });
      svg.append(box);
    }
  });
  return svg;
}

function showPage(number) {
  shown = number;
  const page = pages[number];
  $("read-title").textContent = `Page ${page.page}`;
  const seconds = Object.values(page.seconds).reduce((sum, part) => sum + part, 0);
  $("read-facts").textContent =
    `${page.status} · ${page.vision_tokens} vision tokens · ${page.tokens} tokens · ${seconds.toFixed(1)} s`;
  const picture = document.createElement("img");
  picture.src = page.picture;
  picture.alt = `Page ${page.page} as it was given`;
  $("read-picture").replaceChildren(picture, drawBoxes(page));
  showText();
  for (const button of $("read-pages").children) {
    button.setAttribute("aria-current", String(Number(button.dataset.page) === number));
  }
}

function showText() {
  const page = pages[shown], text = $("read-text");
  text.replaceChildren();
  if (page.problem) {
    const problem = document.createElement("p");
    problem.className = "error";
    problem.textContent = page.problem;
    text.append(problem);
  }
  if ($("show-markdown").getAttribute("aria-pressed") === "true") {
    const markdown = document.createElement("pre");
    markdown.textContent = page.markdown;
    text.append(markdown);
    return;
  }
  page.blocks.forEach((block, number) => {
    const piece = document.createElement("div");
    piece.className = "block";
    piece.dataset.block = number;
    piece.style.setProperty("--hue", hue(block.label));
    piece.append(elementsOf(block.html));
    if (!piece.textContent && block.label) {
      const note = document.createElement("p");
      note.className = "quiet";
      note.textContent = `[${block.label}]`;
      piece.append(note);
    }
    link(piece, number);
    text.append(piece);
  });
}

function addPage(page) {
  const number = pages.push(page) - 1;
  const button = document.createElement("button");
  button.type = "button";
  button.className = `thumb ${page.status}`;
  button.dataset.page = number;
  button.title = `page ${page.page}: ${page.status}`;
  const small = document.createElement("img");
  small.src = page.picture;
  small.alt = `page ${page.page}, ${page.status}`;
  button.append(small, String(page.page));
  button.addEventListener("click", () => showPage(number));
  $("read-pages").append(button);
  $("read-result").hidden = false;
  if (shown < 0 || shown === number - 1) showPage(number);
}

function offerResults() {
  urls.forEach(URL.revokeObjectURL);
  const all = pages.map(({ picture, ...page }) => page);
  const files = {
    "save-markdown": ["md", "text/markdown", pages.map((page) => page.markdown).join("\n\n")],
    "save-json": ["json", "application/json", JSON.stringify({ files: [{ path: name, pages: all }] }, null, 2)],
    "save-html": ["html", "text/html", `<!doctype html><meta charset="utf-8"><title>${name.replace(/[<&]/g, "")}</title>` +
      pages.map((page) => page.blocks.map((block) => block.html).join("\n")).join("\n<hr>\n")],
  };
  urls = Object.entries(files).map(([id, [ending, type, text]]) => {
    const url = URL.createObjectURL(new Blob([text], { type }));
    $(id).href = url;
    $(id).download = `${name.replace(/\.[^.]*$/, "")}.${ending}`;
    return url;
  });
}

async function read(file) {
  running?.abort();
  running = new AbortController();
  pages = [];
  shown = -1;
  name = file.name || "page";
  $("read-pages").replaceChildren();
  $("read-result").hidden = true;
  const progress = $("read-progress");
  progress.hidden = false;
  progress.removeAttribute("value");
  $("read-stop").disabled = false;
  say(`sending ${name} …`);
  const form = new FormData();
  form.append("file", file, name);
  form.append("task", $("read-task").value);
  form.append("mode", $("read-mode").value);
  form.append("pictures", "on");
  form.append("stream", "on");
  let total = 0, fault = "";
  try {
    await events("/v1/read", { method: "POST", body: form, signal: running.signal }, (event, data) => {
      if (event === "begin") {
        total = data.pages;
        progress.max = total;
      } else if (event === "progress") {
        progress.value = data.page - 1;
        const at = data.tokens ? `${data.tokens} tokens` : `looking, view ${data.views}`;
        say(`page ${data.page} of ${total}: ${at}${data.attempt > 1 ? `, try ${data.attempt}` : ""}`);
      } else if (event === "page") {
        progress.value = data.page;
        addPage(data);
      } else if (event === "error") {
        fault = data.error.message;
      }
    });
    const bad = pages.filter((page) => page.problem).length;
    say(fault || (bad ? `${pages.length} pages, ${bad} of them with trouble` : `${pages.length} ${pages.length === 1 ? "page" : "pages"} read`), Boolean(fault || bad));
  } catch (error) {
    say(error.name === "AbortError" ? "stopped" : error.message, error.name !== "AbortError");
  }
  progress.hidden = true;
  $("read-stop").disabled = true;
  if (pages.length) offerResults();
}

export function start(model) {
  if (model?.capabilities?.includes("read_pages")) {
    $("read-note").hidden = false;
    $("read-note").textContent = `${model.id} is small: it reads pages that Quire has folded, and makes nonsense of other documents. Fold a text and drop its PNG here.`;
    $("read-task").value = "text";
    $("read-task").disabled = true;
    for (const option of $("read-mode").options) option.disabled = option.value.startsWith("gundam");
  }
  const drop = $("drop");
  $("read-file").addEventListener("change", (event) => { if (event.target.files[0]) read(event.target.files[0]); });
  for (const event of ["dragenter", "dragover"]) {
    drop.addEventListener(event, (at) => { at.preventDefault(); drop.classList.add("over"); });
  }
  for (const event of ["dragleave", "drop"]) drop.addEventListener(event, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => {
    if (!$("read").hidden && event.clipboardData.files[0]) read(event.clipboardData.files[0]);
  });
  $("read-stop").addEventListener("click", () => running?.abort());
  const modes = [$("show-html"), $("show-markdown")];
  for (const button of modes) {
    button.addEventListener("click", () => {
      for (const other of modes) other.setAttribute("aria-pressed", String(other === button));
      if (shown >= 0) showText();
    });
  }
}
