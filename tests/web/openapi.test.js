// The server against its own description: what it answers is what the OpenAPI file says.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import Ajv from "ajv/dist/2020.js";
import { startServer } from "./running_server.js";

const folder = mkdtempSync(path.join(tmpdir(), "quire-"));
let server, api, ajv;

before(async () => {
  server = await startServer(["--memory", path.join(folder, "life.memory"), "--state", folder]);
  api = await (await fetch(`${server.url}/openapi.json`)).json();
  // Two words of OpenAPI that are not of JSON Schema.
  ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema(api, "api");
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

function follow(value) {
  if (!value?.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((at, word) => at[word], api);
}

// Asks, and holds status, type and body to what is described for that address.
async function ask(method, path, route, { body, headers = {} } = {}) {
  const response = await fetch(server.url + path, { method, body, headers });
  const described = api.paths[route][method.toLowerCase()].responses;
  const answer = follow(described[response.status] ?? described[`${String(response.status)[0]}XX`]);
  assert.ok(answer, `${method} ${route} answered ${response.status}, which is not described`);
  const type = response.headers.get("content-type").split(";")[0];
  const content = answer.content[type];
  assert.ok(content, `${method} ${route}: ${type} is not described`);
  const text = await response.text();
  if (type !== "application/json" || !content.schema) return { status: response.status, text };
  const json = JSON.parse(text);
  check(content.schema, json, `${method} ${path}`);
  return { status: response.status, json };
}

function check(schema, value, what) {
  const name = schema.$ref.split("/").pop();
  const validate = ajv.getSchema(`api#/components/schemas/${name}`);
  assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 400)}`);
}

const json = (value) => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

test("health, ready, metrics, models", async () => {
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
  assert.equal((await fetch(`${server.url}/ready`)).status, 200);
  await ask("GET", "/metrics", "/metrics");
  await ask("GET", "/v1/models", "/v1/models");
  await ask("GET", "/v1/models/quire-nano", "/v1/models/{id}");
  assert.equal((await ask("GET", "/v1/models/x", "/v1/models/{id}")).status, 404);
});

test("fold, unfold and chat", async () => {
  const folded = await ask("POST", "/v1/fold", "/v1/fold", json({ text: "Words on a page.", mode: "tiny" }));
  assert.equal(folded.status, 200);
  const bytes = Buffer.from(folded.json.quire, "base64");
  const back = await ask("POST", "/v1/unfold", "/v1/unfold",
                         { body: bytes, headers: { "Content-Type": "application/x-quire" } });
  assert.equal(back.status, 200);
  const messages = [{ role: "user", content: [{ type: "image_url", image_url: { url: folded.json.pages[0].picture } }] }];
  const chat = await ask("POST", "/v1/chat/completions", "/v1/chat/completions",
                         json({ model: "quire-nano", messages }));
  assert.equal(chat.status, 200);
  const stream = await ask("POST", "/v1/chat/completions", "/v1/chat/completions",
                           json({ model: "quire-nano", messages, stream: true, stream_options: { include_usage: true } }));
  const events = stream.text.split("\n\n").filter((line) => line.startsWith("data: {"));
  assert.ok(events.length >= 3);
  for (const event of events) check({ $ref: "ChatChunk" }, JSON.parse(event.slice(6)), "chunk");
});

test("read", async () => {
  const folded = await ask("POST", "/v1/fold", "/v1/fold", json({ text: "Words on a page.", mode: "tiny" }));
  const picture = Buffer.from(folded.json.pages[0].picture.split(",")[1], "base64");
  const png = { body: picture, headers: { "Content-Type": "image/png" } };
  const read = await ask("POST", "/v1/read?pictures=on", "/v1/read", png);
  assert.equal(read.status, 200);
  assert.equal(read.json.files[0].pages[0].text, "Words on a page.");
  const form = new FormData();
  form.append("file", new Blob([picture]), "a.png");
  form.append("format", "md");
  assert.match((await ask("POST", "/v1/read", "/v1/read", { body: form })).text, /Words on a page/);
  const stream = await ask("POST", "/v1/read?stream=on", "/v1/read", png);
  assert.deepEqual(stream.text.match(/^event: (?!progress).*$/gm), ["event: begin", "event: page", "event: done"]);
  for (const body of [Buffer.from("no picture"), Buffer.from("%PDF-1.4 no pages"), Buffer.alloc(0)]) {
    assert.equal((await ask("POST", "/v1/read", "/v1/read", { body })).status, 400);
  }
  assert.equal((await ask("POST", "/v1/read?task=sing", "/v1/read", png)).status, 400);
});

test("jobs", async () => {
  const added = await ask("POST", "/v1/jobs", "/v1/jobs", { body: "no document" });
  assert.equal(added.status, 202);
  await ask("GET", "/v1/jobs", "/v1/jobs");
  const place = `/v1/jobs/${added.json.id}`;
  await ask("GET", place, "/v1/jobs/{id}");
  await ask("GET", `${place}/result?format=pdf`, "/v1/jobs/{id}/result");
  assert.equal((await ask("DELETE", place, "/v1/jobs/{id}")).status, 200);
  assert.equal((await ask("GET", place, "/v1/jobs/{id}")).status, 404);
});

test("memory", async () => {
  const added = await ask("POST", "/v1/memory", "/v1/memory", json({ text: "The shed key is 4711.", at: 1000000 }));
  assert.equal(added.status, 200);
  await ask("POST", "/v1/memory/tick", "/v1/memory/tick", json({ at: 1007200 }));
  await ask("GET", "/v1/memory", "/v1/memory");
  await ask("POST", "/v1/memory/recall", "/v1/memory/recall", json({ query: "shed key", at: 1007200 }));
  await ask("POST", "/v1/memory/context", "/v1/memory/context", json({ budget: 1000 }));
  await ask("GET", "/v1/memory/timeline.svg", "/v1/memory/timeline.svg");
  assert.equal((await ask("POST", "/v1/memory", "/v1/memory", json({}))).status, 400);
  const gone = `/v1/memory/${added.json.ids[0]}`;
  assert.equal((await ask("DELETE", gone, "/v1/memory/{id}")).status, 200);
  assert.equal((await ask("DELETE", gone, "/v1/memory/{id}")).status, 404);
});

test("refusals", async () => {
  assert.equal((await ask("POST", "/v1/fold", "/v1/fold", json({}))).status, 400);
  assert.equal((await ask("POST", "/v1/unfold", "/v1/unfold", { body: "no quire" })).status, 400);
  assert.equal((await ask("POST", "/v1/chat/completions", "/v1/chat/completions", json({ model: "x" }))).status, 400);
});

test("every address that is described is there", async () => {
  for (const [route, methods] of Object.entries(api.paths)) {
    for (const method of Object.keys(methods)) {
      const response = await fetch(server.url + route.replace("{id}", "none"), { method: "PATCH" });
      assert.equal(response.status, 405, `${route} is not there`);
      assert.ok(response.headers.get("allow").includes(method.toUpperCase()), `${method} ${route}`);
    }
  }
});
