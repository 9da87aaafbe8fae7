// What can be chosen on a screen: one of several, several, a text or a day. No field lets the browser
// remember, complete or check the spelling: a spelling checker may send every word to its maker, and a
// completion shows it to the next person.

import { make, type Child } from "./element.ts";

const UNREMEMBERED = {
  autocomplete: "off",
  autocorrect: "off",
  spellcheck: "false",
  "data-lpignore": "true",
} as const;

export interface Option {
  readonly value: string;
  readonly name: string;
  readonly more?: readonly Child[];
}

let numbered = 0;

/** A name for an element within the page: ids of earlier screens are gone with them. */
function nextId(): string {
  numbered += 1;
  return `f${numbered}`;
}

/** One of several. `legend` is null where the heading of the screen asks the question. */
export function oneOf(
  legend: string,
  unseen: boolean,
  options: readonly Option[],
  chosen: string | null,
  choose: (value: string) => void,
): HTMLElement {
  const group = nextId();
  return make(
    "fieldset",
    {},
    make("legend", { class: unseen ? "unseen" : undefined }, legend),
    ...options.map((one) => {
      const id = nextId();
      const input = make("input", {
        type: "radio",
        name: group,
        id,
        value: one.value,
        autocomplete: "off",
        "aria-describedby": one.more === undefined ? undefined : `${id}m`,
        change: () => choose(one.value),
      });
      input.checked = one.value === chosen;
      return make(
        "div",
        { class: "option" },
        input,
        make("label", { for: id }, one.name),
        ...(one.more === undefined ? [] : [make("div", { class: "more", id: `${id}m` }, ...one.more)]),
      );
    }),
  );
}

export function tick(words: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const id = nextId();
  const input: HTMLInputElement = make("input", {
    type: "checkbox",
    id,
    autocomplete: "off",
    change: () => change(input.checked),
  });
  input.checked = on;
  return make("div", { class: "option" }, input, make("label", { for: id }, words));
}

/** A text of several lines. `lines` is its height. */
export function longText(
  label: string,
  unseen: boolean,
  value: string,
  lines: number,
  change: (value: string) => void,
  capitals = "sentences",
): HTMLElement {
  const id = nextId();
  const field: HTMLTextAreaElement = make("textarea", {
    id,
    rows: lines,
    autocapitalize: capitals,
    ...UNREMEMBERED,
    input: () => change(field.value),
  });
  field.value = value;
  return make(
    "div",
    { class: "field" },
    make("label", { for: id, class: unseen ? "unseen" : undefined }, label),
    field,
  );
}

/** A short text. `change` may give back another one to stand there; `whole` says that the field was left. */
export function shortField(
  label: string,
  value: string,
  change: (value: string, whole: boolean) => string | void,
  more: Readonly<Record<string, string>> = {},
): HTMLElement {
  const id = nextId();
  // Half a day has no value, as an empty field has none: it is told apart by "?", which is no day.
  const tell = (whole: boolean): void => {
    const instead = change(field.validity.badInput ? "?" : field.value, whole);
    if (instead !== undefined && instead !== field.value) field.value = instead;
  };
  const field: HTMLInputElement = make("input", {
    id,
    type: "text",
    autocapitalize: "none",
    ...UNREMEMBERED,
    ...more,
    input: () => tell(false),
    change: () => tell(true),
    blur: () => tell(true), // half a day is no change to the browser
  });
  field.value = value;
  return make("div", { class: "field" }, make("label", { for: id }, label), field);
}
