// What a resident answered, in the words in which the page asked: a report holds short ones (section 6 of the
// protocol), whatever language it was read in.

import type { Report } from "../speak/messages.ts";
import { asOffered, isOffer, LINES } from "../speak/offer.ts";
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

/** What a report says of something offered for sale, each line with its name; nothing where it says no such thing. */
export function offerTold({ answers, text }: Report): [string, string][] {
  if (!isOffer(answers.what)) return [];
  const told = asOffered(text);
  return LINES.map((line) => [ENGLISH[`offer.${line}`], told[line]]);
}

/** What stands in a resident's own words. */
export function ownWordsOf({ answers, text }: Report): string {
  return isOffer(answers.what) ? asOffered(text).rest : text;
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
