// `quire serve` on a free port for the length of a test file. QUIRE_PROGRAM names the program.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.QUIRE_PROGRAM || path.join(root, "build/release/quire");

export async function startServer(options = [], environment = {}) {
  const child = spawn(program, ["serve", "--port", "0", "--json", "--quiet", ...options], {
    env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (bytes) => { said += bytes; });
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), once(child, "exit").then(() => null)]);
  if (!first) throw new Error(`quire serve did not start: ${said}`);
  return {
    url: JSON.parse(first[0]).url,
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      return (await once(child, "exit"))[0];
    },
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

export async function post(url, value) {
  const response = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
  });
  return { status: response.status, json: await response.json() };
}
