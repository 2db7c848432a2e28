// Makes and fills elements. Text is set as text, never as HTML.

export type Part = Node | string;

export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found as T;
}

export function element(tag: string, attributes: Record<string, string> = {}, ...parts: Part[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...parts);
  return made;
}

export function svg(tag: string, attributes: Record<string, string | number> = {}, ...parts: Part[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...parts);
  return made;
}

// Writes only what changed: else a screen reader would read, and a selection would be lost, once a second.
export function setText(place: Element, text: string): void {
  if (place.textContent !== text) place.textContent = text;
}

// Replaces the content if `key` differs from the one given last.
const keys = new WeakMap<Element, string>();
export function refill(place: Element, key: unknown, make: () => Part[]): void {
  const text = JSON.stringify(key);
  if (keys.get(place) === text) return;
  keys.set(place, text);
  place.replaceChildren(...make());
}

// A table that scrolls by itself on a narrow screen. The first cell of each row is its heading.
export function table(
  caption: string,
  head: string[],
  rows: Part[][],
  marked: (row: number) => string = () => "",
): HTMLElement {
  const cells = (row: Part[]) =>
    row.map((cell, i) => (i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell)));
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
      element(
        "tbody",
        {},
        ...rows.map((row, i) => element("tr", marked(i) ? { class: marked(i) } : {}, ...cells(row))),
      ),
    ),
  );
}
