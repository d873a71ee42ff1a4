// Tabs, theme, and who is at the other end.
import { call } from "/api.js";
import * as fold from "/fold.js";
import * as memory from "/memory.js";
import * as read from "/read.js";

const tabs = Array.from(document.querySelectorAll("[role=tab]"));

function choose(tab, focus = true) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  if (tab.id === "tab-memory") memory.show();
  history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
}

for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]);
  });
}
const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = localStorage.getItem("quire-theme");
function paint() {
  document.documentElement.dataset.theme = theme || (dark.matches ? "dark" : "light");
}
dark.addEventListener("change", paint);
document.getElementById("theme").addEventListener("click", () => {
  theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("quire-theme", theme);
  paint();
  if (!document.getElementById("memory").hidden) memory.repaint();
});
paint();

fold.start();
memory.start();

call("/v1/models").then((response) => response.json()).then(({ data: [model] }) => {
  document.getElementById("model").textContent = model.id;
  read.start(model);
}).catch((error) => {
  document.getElementById("model").textContent = error.message;
});

const wanted = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
if (wanted) choose(wanted, false);
