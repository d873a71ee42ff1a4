// The edits from one string to another (Myers, 1986), as runs [kind, text] with kind "same", "ins"
// or "del". Null when the strings are too far apart for that to say anything.

const MAX_EDITS = 3000, MAX_CELLS = 4e6;  // of the memory that the way back takes

export function diff(from, to) {
  const a = Array.from(from), b = Array.from(to);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) ++head;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head &&
         a[a.length - 1 - tail] === b[b.length - 1 - tail]) ++tail;
  const middle = myers(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  if (!middle) return null;
  return join([["same", a.slice(0, head).join("")], ...middle,
               ["same", a.slice(a.length - tail).join("")]]);
}

function myers(a, b) {
  const trace = [];
  let v = new Map([[1, 0]]);
  const most = Math.min(a.length + b.length, MAX_EDITS);
  for (let d = 0; d <= most; ++d) {
    if (trace.length * d > MAX_CELLS) return null;
    trace.push(v);
    const next = new Map(v);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
      let x = down ? v.get(k + 1) ?? 0 : (v.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) { ++x; ++y; }
      next.set(k, x);
      if (x >= a.length && y >= b.length) return walk(trace, a, b, d);
    }
    v = next;
  }
  return null;
}

function walk(trace, a, b, d) {
  const runs = [];
  let x = a.length, y = b.length;
  for (; d > 0; --d) {
    const v = trace[d];
    const k = x - y;
    const down = k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));
    const from = down ? k + 1 : k - 1;
    const fromX = v.get(from) ?? 0, fromY = fromX - from;
    const [afterX, afterY] = down ? [fromX, fromY + 1] : [fromX + 1, fromY];
    for (; x > afterX && y > afterY; --x, --y) runs.push(["same", a[x - 1]]);
    runs.push(down ? ["ins", b[fromY]] : ["del", a[fromX]]);
    x = fromX;
    y = fromY;
  }
  for (; x > 0; --x) runs.push(["same", a[x - 1]]);
  return runs.reverse();
}

function join(runs) {
  const joined = [];
  for (const [kind, text] of runs) {
    if (!text) continue;
    const last = joined[joined.length - 1];
    if (last && last[0] === kind) last[1] += text;
    else joined.push([kind, text]);
  }
  return joined;
}
