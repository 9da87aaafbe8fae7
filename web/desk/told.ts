// What a resident answered, in the words in which the page asked: a report holds short ones (section 6 of the
// protocol), whatever language it was read in.

import type { Report } from "../speak/messages.ts";
import { ENGLISH } from "../speak/words.ts";

/** The four answers, each with the name of its question. What is no word of the list is shown as it came. */
export function answersTold({ answers }: Report): [string, string][] {
  const slash = answers.where.lastIndexOf("/");
  const area = slash < 0 ? answers.where : answers.where.slice(0, slash);
  const near = slash < 0 ? "" : inWords("where", answers.where.slice(slash + 1));
  return [
    ["What", inWords("what", answers.what)],
    ["Where", [area, near].filter((one) => one !== "").join(": ")],
    ["When", inWords("when", answers.when)],
    ["Still going on", inWords("going_on", answers.going_on)],
  ];
}

/** The language of a report by its English name; what is no code of one is shown as it came. */
export function languageTold(code: string): string {
  try {
    return new Intl.DisplayNames(["en-GB"], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function inWords(question: string, word: string): string {
  const key = `${question}.${word}`;
  return key in ENGLISH ? (ENGLISH as Record<string, string>)[key]! : word;
}
