// HTML from the server as elements. It is clean already (src/document/safe_html.h); this is the
// second lock: what is not on the list does not become an element, and no attribute passes but the
// spans of table cells.
const TAGS = new Set(["H1", "H2", "H3", "H4", "H5", "H6", "P", "BR", "UL", "OL", "LI", "B", "STRONG",
  "I", "EM", "SUB", "SUP", "TABLE", "THEAD", "TBODY", "TR", "TD", "TH", "PRE", "CODE", "HR", "DIV"]);

export function elementsOf(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const fragment = document.createDocumentFragment();
  copy(parsed.body, fragment);
  return fragment;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.append(node.textContent);
    } else if (node.nodeType === Node.ELEMENT_NODE && TAGS.has(node.tagName)) {
      const element = document.createElement(node.tagName);
      for (const span of ["colspan", "rowspan"]) {
        const value = Number(node.getAttribute(span));
        if (value > 1 && value <= 1000) element.setAttribute(span, String(value));
      }
      copy(node, element);
      to.append(element);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      to.append(node.textContent);
    }
  }
}
