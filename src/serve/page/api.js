// Talking to the server. An answer that is an error becomes an Error with the server's sentence.

let key = sessionStorage.getItem("quire-key") || "";

function askForKey() {
  const dialog = document.getElementById("key-dialog");
  const field = document.getElementById("key");
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      key = field.value;
      field.value = "";
      sessionStorage.setItem("quire-key", key);
      resolve();
    }, { once: true });
    dialog.showModal();
  });
}

export async function call(path, options = {}) {
  const headers = { ...options.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("the server does not answer; is it still running?");
  }
  if (response.status === 401) {
    await askForKey();
    return call(path, options);
  }
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Error(body.error?.message || `the server answered ${response.status}`);
  }
  return response;
}

export async function postJson(path, value, options = {}) {
  const response = await call(path, {
    ...options, method: "POST", body: JSON.stringify(value),
    headers: { "Content-Type": "application/json", ...options.headers },
  });
  return response.json();
}

// Server-sent events of a POST: calls on(name, data) for each, in order.
export async function events(path, options, on) {
  const response = await call(path, options);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    held += value;
    let end;
    while ((end = held.indexOf("\n\n")) >= 0) {
      let name = "message", data = "";
      for (const line of held.slice(0, end).split("\n")) {
        if (line.startsWith("event: ")) name = line.slice(7);
        if (line.startsWith("data: ")) data += line.slice(6);
      }
      held = held.slice(end + 2);
      on(name, data && data !== "[DONE]" ? JSON.parse(data) : null);
    }
  }
}

export function base64ToBlob(text, type) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return new Blob([bytes], { type });
}
