// The web page in a browser, as a person would use it. Pictures of it go to $QUIRE_SHOTS, where
// that names a folder.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { root, startServer } from "./running_server.js";

const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const skip = !existsSync(executablePath) && `there is no browser at ${executablePath}`;
const folder = mkdtempSync(path.join(tmpdir(), "quire-"));
const prose = readFileSync(path.join(root, "examples/moby-dick.txt"), "utf8").slice(0, 1500);
let server, browser, context, page, faults;

before(async () => {
  if (skip) return;
  server = await startServer(["--memory", path.join(folder, "life.memory")]);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

async function open(options = {}, hash = "") {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  faults = [];
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !/^(data|blob):/.test(url)) faults.push(`asked for ${url}`);
  });
  await page.goto(server.url + hash);
}
afterEach(async () => {
  if (skip) return;
  await context?.close();
  assert.deepEqual(faults, []);
});

async function shot(name) {
  if (process.env.QUIRE_SHOTS) {
    await page.screenshot({ path: path.join(process.env.QUIRE_SHOTS, `${name}.png`), fullPage: true });
  }
}

const themes = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["phone", { colorScheme: "light", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
  ["phone-dark", { colorScheme: "dark", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
];

async function fitsTheWindow() {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels too wide`);
}

for (const [name, options] of themes) {
  test(`folds a text, ${name}`, { skip }, async () => {
    await open(options);
    await page.click("#fold-sample");
    await page.waitForFunction(() => document.getElementById("fold-status").textContent === "done");
    const right = parseFloat(await page.textContent("#bill-right"));
    assert.ok(right > 90, `${right}% right`);
    assert.match(await page.textContent("#fold-back"), /Ishmael/);
    assert.ok(await page.evaluate(() => document.getElementById("page-picture").naturalWidth >= 512));
    await fitsTheWindow();
    await shot(`fold-${name}`);
  });
}

test("works by keyboard", { skip }, async () => {
  await open();
  await page.focus("#tab-fold");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-read");
  assert.equal(await page.isVisible("#read"), true);
  await page.keyboard.press("ArrowLeft");
  await page.focus("#fold-text");
  await page.keyboard.type("Typed with nothing but keys.");
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => document.getElementById("fold-status").textContent === "done");
  assert.match(await page.textContent("#fold-back"), /Typed with/);
});

test("says what is wrong in words", { skip }, async () => {
  await open();
  await page.fill("#fold-text", "\u4F60\u597D\uFF0C\u4E16\u754C");
  await page.click("#fold-form .main");
  await page.waitForSelector("#fold-status.error");
  assert.match(await page.textContent("#fold-status"), /U\+4F60/);
  faults = faults.filter((fault) => !/status of 400/.test(fault));  // the browser's own note
});

test("a text with markup in it stays text", { skip }, async () => {
  await open();
  await page.evaluate(() => { window.hit = 0; });
  await page.fill("#fold-text", "<img src=x onerror=window.hit=1><script>window.hit=1</script> and words");
  await page.click("#fold-form .main");
  await page.waitForFunction(() => document.getElementById("fold-status").textContent === "done");
  assert.equal(await page.evaluate(() => window.hit), 0);
  assert.equal(await page.evaluate(() => document.querySelectorAll("#fold-back script, #fold-back img").length), 0);
});

test("remembers, fades and recalls", { skip }, async () => {
  const status = (pattern) => page.waitForFunction(
    (source) => new RegExp(source).test(document.getElementById("memory-status").textContent), pattern, { timeout: 240_000 });
  await open(themes[0][1], "#memory");
  await page.waitForSelector("#memory-empty:not([hidden])");
  await shot("memory-empty");
  await page.click("#memory-example");
  await status("notes of a year");
  await page.waitForFunction(() => document.querySelectorAll("#memory-list .entry.tiny").length > 0);
  for (const [name, options] of themes) {
    await context?.close();
    await open(options, "#memory");
    await page.waitForSelector("#memory-on:not([hidden])");
    await page.fill("#memory-text", `The key of the shed hangs behind the blue door, said by ${name}; its number is 7719-B.`);
    await page.click("#memory-add .main");
    await page.waitForFunction((who) => document.getElementById("memory-list").textContent.includes(who), `said by ${name}`);
    await page.waitForFunction(() => document.getElementById("memory-picture").naturalWidth > 0);
    await fitsTheWindow();
    await shot(`memory-${name}`);
  }
  await page.fill("#memory-age", "3");
  await page.click("#memory-tick");
  await status("leaves set");
  await page.fill("#memory-query", "7719-B");
  await page.click("#memory-recall button");
  await status("found");
  assert.match(await page.textContent("#memory-list"), /exactly: [^;]*number is 7719-B/);
  await shot("memory-faded");
});

test("reads a picture that Quire folded", { skip }, async () => {
  for (const [name, options] of themes) {
    await context?.close();
    await open(options, "#read");
    const response = await fetch(`${server.url}/v1/fold`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: `A page that was folded, dropped on the page, and read again. ${prose}`, mode: "small" }),
    });
    const picture = (await response.json()).pages[0].picture;
    await page.waitForSelector("#read-note:not([hidden])");
    await page.setInputFiles("#read-file", {
      name: "folded <b>.png", mimeType: "image/png", buffer: Buffer.from(picture.split(",")[1], "base64"),
    });
    await page.waitForFunction(() => document.getElementById("read-status").textContent === "1 page read");
    assert.match(await page.textContent("#read-text"), /dropped on the page/);
    await page.click("#show-markdown");
    assert.match(await page.textContent("#read-text pre"), /dropped on the page/);
    assert.match(await page.getAttribute("#save-markdown", "download"), /\.md$/);
    await fitsTheWindow();
    await shot(`read-${name}`);
  }
});

test("boxes lie over the page, and words a model read do not run", { skip }, async () => {
  await open({}, "#read");
  // What a large model would say, with a stranger's script in it, straight from the network.
  const blocks = [
    { label: "title", boxes: [[40, 30, 460, 80]], html: "<h1>A title</h1>", confidence: 0.98 },
    { label: "text", boxes: [[40, 100, 460, 300]], html: "<p>Words <img src=x onerror=\"window.hit=1\"> <script>window.hit=1</script></p>", confidence: 0.9 },
    { label: "table", boxes: [[40, 320, 460, 480]], html: "<table><tr><td colspan=\"2\" onclick=\"window.hit=1\">a cell</td></tr></table>", confidence: 0.8 },
  ];
  const pageEvent = { page: 1, status: "ok", text: "", markdown: "# A title", width: 500, height: 500, blocks, vision_tokens: 256, tokens: 40, seconds: { encode: 1 }, picture: "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" };
  await page.route("**/v1/read", (route) => route.fulfill({
    contentType: "text/event-stream",
    body: `event: begin\ndata: {"pages":1}\n\nevent: page\ndata: ${JSON.stringify(pageEvent)}\n\nevent: done\ndata: {}\n\n`,
  }));
  await page.setInputFiles("#read-file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("x") });
  await page.waitForSelector("#read-text .block");
  assert.equal(await page.locator("#read-picture rect").count(), 3);
  await page.hover("#read-picture rect >> nth=2");
  assert.equal(await page.locator("#read-text .block.lit").count(), 1);
  assert.equal(await page.locator("#read-text td").getAttribute("colspan"), "2");
  assert.equal(await page.locator("#read-text td").getAttribute("onclick"), null);
  assert.equal(await page.locator("#read-text img, #read-text script").count(), 0);
  assert.equal(await page.evaluate(() => window.hit), undefined);
  // The browser tells of what the page's policy did not let run.
  faults = faults.filter((fault) => !/inline event handler violates/.test(fault));
  await shot("read-boxes");
});
