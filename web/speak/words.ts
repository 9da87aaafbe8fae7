// The page's words. English comes with the page, another language when it is chosen; each is one file of
// data.

import english from "./languages/en.json" with { type: "json" };
import type { Child } from "./element.ts";

export type Words = Readonly<Record<keyof typeof english, string>>;
export type Key = keyof Words;

export const LANGUAGES: Readonly<Record<string, string>> = { en: "English", ar: "العربية", pl: "Polski" };

export const ENGLISH: Words = english;

/** The words of `key`, with what stands in braces replaced. */
export function fill(words: Words, key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The same with an element in the place of `{name}`. */
export function fillAround(words: Words, key: Key, name: string, element: Node): Child[] {
  const [before = "", after = ""] = words[key].split(`{${name}}`);
  return [before, element, after];
}

/** Whether these are the words of a language: each key of English and no other, all of them texts. */
export function areWords(read: unknown): read is Words {
  if (typeof read !== "object" || read === null) return false;
  const keys = Object.keys(read);
  return (
    keys.length === Object.keys(ENGLISH).length &&
    keys.every((key) => key in ENGLISH && typeof (read as Record<string, unknown>)[key] === "string")
  );
}
