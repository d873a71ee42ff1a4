// Jobs survive: the server is killed in the middle of one, twice, and nothing is lost or done again.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "./running_server.js";

const PAGES = 9;
let folder, server;

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "quire-"));
  server = await startServer(["--state", folder]);
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

// A PDF of pages with a few words each.
function pdf(pages) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"];
  const kids = [];
  for (let i = 1; i <= pages; ++i) {
    const words = `BT /F 24 Tf 20 100 Td (Page number ${i}) Tj ET`;
    objects.push(`<< /Length ${words.length} >>\nstream\n${words}\nendstream`);
    objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 256 256] /Contents ${objects.length} 0 R /Resources << /Font << /F 3 0 R >> >> >>`);
    kids.push(`${objects.length} 0 R`);
  }
  objects[1] = `<< /Type /Pages /Count ${pages} /Kids [${kids.join(" ")}] >>`;
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const xref = text.length;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  text += offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  return `${text}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
}

const get = async (place) => (await fetch(server.url + place)).json();

// Looks until it is so. Each look waits for the server's answer.
async function until(place, isSo) {
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    const json = await get(place);
    if (isSo(json)) return json;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  throw new Error(`${place}: waited in vain`);
}

const pageFiles = (id) => readdirSync(path.join(folder, "jobs", id)).filter((name) => /^page-\d+\.json$/.test(name))
  .map((name) => [name, statSync(path.join(folder, "jobs", id, name)).mtimeMs]);

test("a job goes on where the server was killed", async () => {
  const response = await fetch(`${server.url}/v1/jobs?task=text&name=nine.pdf&max_tokens=64`, { method: "POST", body: pdf(PAGES) });
  assert.equal(response.status, 202);
  const { id } = await response.json();
  const place = `/v1/jobs/${id}`;
  assert.equal(response.headers.get("location"), place);
  assert.equal((await fetch(`${server.url}${place}/result`)).status, 409);

  let kept = [];
  for (const least of [2, 5]) {
    await until(place, (job) => job.status !== "queued" && (job.pages?.done ?? PAGES) >= least);
    await server.kill();
    const now = pageFiles(id);
    for (const [name, time] of kept) assert.deepEqual(now.find(([other]) => other === name), [name, time]);
    kept = now;
    server = await startServer(["--state", folder]);
  }
  const job = await until(place, (each) => !["queued", "running"].includes(each.status));
  assert.equal(job.name, "nine.pdf");
  const files = pageFiles(id);
  assert.equal(files.length, PAGES);
  for (const [name, time] of kept) assert.deepEqual(files.find(([other]) => other === name), [name, time]);
  const result = await get(`${place}/result`);
  assert.deepEqual(result.files[0].pages.map((page) => page.page), Array.from({ length: PAGES }, (_, i) => i + 1));
  assert.equal(result.files[0].path, "nine.pdf");
  assert.match(await (await fetch(`${server.url}${place}/result?format=html`)).text(), /<section>/);
  assert.equal((await get("/v1/jobs")).data.length, 1);
});

test("what is no document ends as failed, by its own name", async () => {
  const response = await fetch(`${server.url}/v1/jobs?name=broken.pdf`, { method: "POST", body: "%PDF-1.7 and no more" });
  const { id } = await response.json();
  const job = await until(`/v1/jobs/${id}`, (each) => each.status === "failed");
  assert.match(job.problem, /broken\.pdf/);
  assert.doesNotMatch(job.problem, /\/(tmp|jobs)\//);
});

test("a job can be taken back", async () => {
  const response = await fetch(`${server.url}/v1/jobs?task=text&max_tokens=64`, { method: "POST", body: pdf(50) });
  const { id } = await response.json();
  assert.equal((await fetch(`${server.url}/v1/jobs/${id}`, { method: "DELETE" })).status, 200);
  assert.equal((await fetch(`${server.url}/v1/jobs/${id}`)).status, 404);
  assert.equal((await fetch(`${server.url}/v1/jobs/..%2F..`, { method: "GET" })).status, 404);
});
