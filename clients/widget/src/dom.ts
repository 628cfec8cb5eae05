// Making and keeping elements; text always goes in as text.

type Child = Node | string | null | undefined | false;
type Handler = (event: never) => void;
type Props = Readonly<Record<string, string | number | boolean | null | undefined | Handler>>;

/** An element; `on…` are listeners, true is an empty attribute, null and false are none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  put(element, props);
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

export function put(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as unknown as EventListener);
    } else if (value === null || value === undefined || value === false) {
      element.removeAttribute(name);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** A picture of 24 by 24 of strokes, for the eye only. */
export function icon(...paths: readonly string[]): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  put(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => !!child));
}

/** Says a text, without disturbing who reads it where it is the same. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Elements made of items, each kept while its item stays the same. */
export class List<Item> {
  readonly #parent: Element;
  readonly #key: (item: Item) => string;
  readonly #make: (item: Item) => Element;
  #made = new Map<string, { item: Item; element: Element }>();

  constructor(parent: Element, key: (item: Item) => string, make: (item: Item) => Element) {
    this.#parent = parent;
    this.#key = key;
    this.#make = make;
  }

  show(items: readonly Item[]): void {
    const before = this.#made;
    this.#made = new Map();
    let place = this.#parent.firstElementChild;
    for (const item of items) {
      const key = this.#key(item);
      const known = before.get(key);
      const same = known && alike(known.item, item);
      const element = same ? known.element : this.#make(item);
      if (known && !same) {
        if (place === known.element) place = place.nextElementSibling;
        known.element.remove();
      }
      before.delete(key);
      this.#made.set(key, { item, element });
      if (element === place) place = place.nextElementSibling;
      else this.#parent.insertBefore(element, place);
    }
    for (const { element } of before.values()) element.remove();
  }
}

/** Whether two values are the same in all their parts. */
export function alike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
  const [parts, others] = [Object.entries(one), Object.entries(other)];
  return (
    parts.length === others.length &&
    parts.every(([name, part]) => alike(part, (other as Record<string, unknown>)[name]))
  );
}
