// What somebody tells of something for sale: four short lines at the head of her text, in this order. So it goes
// the way of all that is told, sealed with it and of the same length, and its hints are those of her text.

import type { Words } from "./words.ts";

/** The lines, in their order. Where one knows nothing it is empty. */
export const LINES = ["product", "words", "price", "quantity"] as const;
export type Line = (typeof LINES)[number];

/** The kinds of place that are ways to offer something. */
export const CHANNELS = ["street", "phone", "social", "dark", "shop"] as const;

/** Whether this answer to the first question says that the text begins with these lines. */
export function isOffer(what: string): boolean {
  return what === "offer";
}

/** The lines of a text, and what she wrote below them. */
export function asOffered(text: string): Record<Line | "rest", string> {
  const [product = "", words = "", price = "", quantity = "", ...rest] = text.split("\n");
  return { product, words, price, quantity, rest: rest.join("\n") };
}

/** The text with one line, or what stands below them, written anew. A line has no line's end. */
export function withLine(text: string, line: Line | "rest", written: string): string {
  const told = asOffered(text);
  told[line] = line === "rest" ? written : written.replace(/\s+/g, " ");
  return [...LINES, "rest" as const].map((one) => told[one]).join("\n").trimEnd();
}

/** The text when the first question is answered anew: what stands there stays her own words. */
export function toldAnew(text: string, before: string, what: string): string {
  if (isOffer(before) === isOffer(what)) return text;
  return isOffer(what) ? withLine("", "rest", text) : text.trim();
}

// Messengers, also as Arabic writes and Polish bends them. Two of them are everyday words.
const ARABIC =
  "[عوبلا]{0,4}(?:سناب(?: ?شات)?|تي?لي?[غجكگق]رام|[اإأ]نستا?(?:[غجكگق]رام)?|واتس(?: ?[اآ]ب)?|فيس ?بوك|تيك ?توك" +
  "|ما?سنجر|سي?[غجك]نال)";
const MESSENGER =
  "(?:snap(?:chat)?|insta(?:gram)?|ig|telegram|tele|tg|whats ?app|wickr|kik|threema|discord|fb|facebook|tik ?tok" +
  `|messenger|viber|${ARABIC})(?:ie|em)?`;

/** Addresses, accounts and telephone numbers, behind one sign of what stands before. A name needs a messenger. */
export function leads(words: Words): RegExp {
  const says = `(?:\\s+(?:${words["cue.says"]})(?![\\p{L}\\d]))*`;
  return new RegExp(
    "(^|[^\\p{L}\\d])(?:(?:https?://|www\\.)\\S+|[\\p{L}\\d.-]+\\.(?:me|com|gg|org|net|io|ly|ee|onion|link|chat)/\\S+" +
      `|[^\\s@<>]{1,64}@[^\\s@<>]{1,255}\\.[^\\s@<>.]+|@[\\p{L}_][\\p{L}\\d_.]+|(?:${MESSENGER}|signal|session)${says}(?:\\s*[:=@-]+\\s*\\S+` +
      // With a blank alone it is a name if it has a digit, a low line or a full stop within; x10 is a number.
      "|\\s+(?!x\\d+(?!\\w))(?=[\\p{L}.-]*(?:[\\d_]|\\.\\p{L}))[\\p{L}_][\\p{L}\\d_.-]*[\\p{L}\\d_])" +
      `|${MESSENGER}${says}\\s+(?!(?:${words["cue.nobodys"]})(?:s|ed|ing|ly)?(?!\\p{L}))[a-z]{4,}(?![\\p{L}\\d])` +
      "|(?:\\+\\d{1,2}[ .-]?|0)\\d{2,4}[ .-]?\\d{3,4}[ .-]?\\d{3,4}(?!\\d))",
    "giu",
  );
}

/** With the digits of Arabic and Persian as 0 to 9: places stay where they are. */
export function inDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15));
}

/**
 * A line without what leads to somebody. While she types, `whole` is false, and what stands at the end may not be
 * whole yet.
 */
export function hidden(line: string, whole: boolean, words: Words): string {
  let left = "";
  let from = 0;
  for (const { 0: found, 1: before = "", index } of inDigits(line).matchAll(leads(words))) {
    const end = index + found.length;
    if (!whole && end === line.length) continue;
    left += `${line.slice(from, index)}${before}…`;
    from = end;
  }
  return left + line.slice(from);
}
