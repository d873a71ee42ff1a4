// The official client of OpenAI, unchanged, against quire serve.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { post, startServer } from "./running_server.js";

const TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom.";
let server, client, page;

before(async () => {
  server = await startServer();
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none is asked for", maxRetries: 0 });
  const folded = await post(`${server.url}/v1/fold`, { text: TEXT, mode: "tiny" });
  assert.equal(folded.status, 200);
  page = folded.json.pages[0].picture;
});
after(() => server?.stop());

const ask = (...urls) => [{
  role: "user",
  content: [...urls.map((url) => ({ type: "image_url", image_url: { url } })), { type: "text", text: "Read it." }],
}];

test("lists its model", async () => {
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  assert.deepEqual(models, ["quire-nano"]);
  assert.equal((await client.models.retrieve("quire-nano")).object, "model");
});

test("reads a folded page", async () => {
  const answer = await client.chat.completions.create({ model: "quire-nano", messages: ask(page) });
  assert.match(answer.choices[0].message.content, /best of times/);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test("reads several pages", async () => {
  const one = await client.chat.completions.create({ model: "quire-nano", messages: ask(page) });
  const two = await client.chat.completions.create({ model: "quire-nano", messages: ask(page, page) });
  assert.equal(two.usage.prompt_tokens, 2 * one.usage.prompt_tokens);
  assert.equal(two.choices[0].message.content,
               `${one.choices[0].message.content}\n${one.choices[0].message.content}`);
});

test("streams what it would have said", async () => {
  const whole = await client.chat.completions.create({ model: "quire-nano", messages: ask(page) });
  const stream = await client.chat.completions.create({
    model: "quire-nano", messages: ask(page), stream: true, stream_options: { include_usage: true },
  });
  let text = "", reason, usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(reason, "stop");
  assert.deepEqual(usage, whole.usage);
});

test("a stream can be left", async () => {
  const stream = await client.chat.completions.create({ model: "quire-nano", messages: ask(page), stream: true });
  for await (const chunk of stream) { assert.ok(chunk.id); stream.controller.abort(); break; }
  const answer = await client.chat.completions.create({ model: "quire-nano", messages: ask(page) });
  assert.equal(answer.choices[0].finish_reason, "stop");
});

test("max_tokens ends an answer, and it says so", async () => {
  const answer = await client.chat.completions.create({
    model: "quire-nano", messages: ask(page), max_completion_tokens: 3,
  });
  assert.equal(answer.choices[0].finish_reason, "length");
});

test("errors are those that the client knows", async () => {
  const wrong = (request, status, kind) => assert.rejects(
    client.chat.completions.create(request),
    (error) => error instanceof kind && error.status === status && error.message.length > 20);
  await wrong({ model: "gpt-5", messages: ask(page) }, 404, OpenAI.NotFoundError);
  await wrong({ model: "quire-nano", messages: [{ role: "user", content: "Hello" }] }, 400, OpenAI.BadRequestError);
  await wrong({ model: "quire-nano", messages: ask("http://example.com/a.png") }, 400, OpenAI.BadRequestError);
  await wrong({ model: "quire-nano", messages: [] }, 400, OpenAI.BadRequestError);
  await wrong({ model: "quire-nano", messages: ask(page), max_tokens: -1 }, 400, OpenAI.BadRequestError);
});

test("a key, where one is set", async () => {
  const locked = await startServer([], { QUIRE_API_KEY: "sesame" });
  try {
    const bad = new OpenAI({ baseURL: `${locked.url}/v1`, apiKey: "wrong", maxRetries: 0 });
    await assert.rejects(bad.models.list(), OpenAI.AuthenticationError);
    const good = new OpenAI({ baseURL: `${locked.url}/v1`, apiKey: "sesame", maxRetries: 0 });
    assert.equal((await good.models.list()).data.length, 1);
  } finally {
    assert.equal(await locked.stop(), 0);
  }
});
