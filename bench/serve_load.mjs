// Load on `quire serve`: one client alone, then many at once, each asking again as soon as it is
// answered. Prints throughput, latencies, statuses, and the server's memory as it goes.
//
//   node bench/serve_load.mjs [--program build/release/quire] [--clients 64] [--seconds 300]
//        [--alone 20] [--characters 400] [--json]
//
// The memory is resident memory: the program's own (anonymous), which must not grow under an even
// load, and with it the pages of the mapped weights (all).
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({ options: {
  program: { type: "string", default: "build/release/quire" },
  clients: { type: "string", default: "64" }, seconds: { type: "string", default: "300" },
  alone: { type: "string", default: "20" }, characters: { type: "string", default: "400" },
  json: { type: "boolean", default: false },
} });

const child = spawn(options.program, ["serve", "--port", "0", "--json", "--quiet"],
                    { stdio: ["ignore", "pipe", "inherit"] });
const [line] = await once(createInterface({ input: child.stdout }), "line");
const { url, model } = JSON.parse(line);

function post(path, body, agent) {
  return new Promise((resolve) => {
    const request = http.request(url + path, {
      method: "POST", agent, headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
    }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(pieces), retry: Number(response.headers["retry-after"] || 0) }));
      response.on("error", () => resolve({ status: 0 }));
    });
    request.on("error", () => resolve({ status: 0 }));
    request.end(body);
  });
}

const text = readFileSync(new URL("../examples/moby-dick.txt", import.meta.url), "utf8").slice(0, Number(options.characters));
const folded = JSON.parse((await post("/v1/fold", JSON.stringify({ text, mode: "tiny" }))).body);
const question = JSON.stringify({ model, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: folded.pages[0].picture } }] }] });

function memoryNow() {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const mib = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  return { all: mib("VmRSS"), own: mib("RssAnon") };
}

// The most that was seen in each tenth of the time.
const tenths = (seen) => Array.from({ length: 10 }, (_, i) => seen.slice(Math.floor(i * seen.length / 10), Math.floor((i + 1) * seen.length / 10)))
  .filter((part) => part.length).map((part) => ({
    all: Math.max(...part.map((each) => each.all)), own: Math.max(...part.map((each) => each.own)) }));

async function run(clients, seconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const latencies = [], statuses = {}, memory = [];
  let expected, different = 0;
  const begin = performance.now(), end = begin + seconds * 1000;
  const watch = setInterval(() => memory.push(memoryNow()), Math.max(100, seconds * 1000 / 100));
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end) {
      const asked = performance.now();
      const { status, body, retry } = await post("/v1/chat/completions", question, agent);
      statuses[status] = (statuses[status] || 0) + 1;
      if (status === 200) {
        latencies.push((performance.now() - asked) / 1000);
        const said = JSON.parse(body).choices[0].message.content;
        expected ??= said;
        if (said !== expected) ++different;
      } else if (retry) {
        await new Promise((wake) => setTimeout(wake, retry * 1000));
      }
    }
  }));
  clearInterval(watch);
  agent.destroy();
  const took = (performance.now() - begin) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? NaN;
  return { clients, seconds: took, answers: latencies.length, per_second: latencies.length / took,
           p50: at(0.5), p90: at(0.9), p99: at(0.99), most: latencies.at(-1), statuses, different,
           memory_mib: tenths(memory) };
}

await run(1, 3);  // first touches of the weights
const rows = [await run(1, Number(options.alone)), await run(Number(options.clients), Number(options.seconds))];
child.kill("SIGTERM");
const [code] = await once(child, "exit");

if (options.json) {
  console.log(JSON.stringify({ model, characters: text.length, vision_tokens: folded.vision_tokens, rows, exit: code }));
} else {
  console.log("| clients | seconds | answers/s | p50 s | p90 s | p99 s | longest s | statuses |\n|---|---|---|---|---|---|---|---|");
  for (const row of rows) {
    console.log(`| ${row.clients} | ${row.seconds.toFixed(0)} | ${row.per_second.toFixed(2)} | ${row.p50.toFixed(2)} | ${row.p90.toFixed(2)} | ${row.p99.toFixed(2)} | ${row.most.toFixed(2)} | ${JSON.stringify(row.statuses)} |`);
  }
  for (const row of rows) {
    const line = (part) => row.memory_mib.map((each) => each[part].toFixed(0)).join(" ");
    console.log(`${row.clients} clients, most MiB in each tenth of the time: own ${line("own")}; all ${line("all")}`);
  }
  console.log(`throughput x${(rows[1].per_second / rows[0].per_second).toFixed(2)}; answers unlike the first: ${rows[1].different}; exit status ${code}`);
}
const wrong = rows.some((row) => Object.keys(row.statuses).some((status) => status !== "200" && status !== "429") || row.different);
process.exit(wrong || code !== 0 ? 1 : 0);
