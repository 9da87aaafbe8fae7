// Makes elements. Words become text nodes and attributes are set one by one: there is no HTML in a string
// anywhere.

export type Child = Node | string;

type Attributes = Readonly<Record<string, string | number | boolean | (() => void) | undefined>>;

/**
 * `true` sets an attribute without a value, `false` and `undefined` leave it out, a function listens to that
 * event.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

export function paragraph(...children: readonly Child[]): HTMLElement {
  return make("p", {}, ...children);
}

export function button(words: string, press: () => void, look = "quiet"): HTMLButtonElement {
  return make("button", { type: "button", class: look, click: press }, words);
}
