// A text as its reader takes it, whatever the signs that it is written with: all rules read this one, and what
// they find is shown as it was written.

import type { Finding } from "./gate.ts";
import { isPlain } from "./signs.ts";

/**
 * Letters of Cyrillic and Greek that look like a Latin one, each before the one that it is read as; from the
 * Unicode Consortium's list of confusables (UTS 39), those that a page's letters do not tell apart.
 */
const ALIKE: ReadonlyMap<string, string> = new Map(
  (
    "аa вb еe ѕs іi јj ԛq ԝw оo рp сc уy хx һh ԁd гr кk мm нh тt пn ьb ӏl ѵv " +
    "АA ВB ЕE ЅS ІI ЈJ ԚQ ԜW ОO РP СC УY ХX ҺH КK МM НH ТT ӀI " +
    "αa βb γy εe ηn ιi κk νv οo ρp σo τt υu χx ωw ϲc ϳj " +
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ıi ɑa ɡg ɩi ʋv ƖI"
  )
    .split(" ")
    .map((pair) => [[...pair][0]!, [...pair][1]!]),
);

const IGNORED = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const OTHERS = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Signs one by one: letters and digits with a space or a mark after each, four and more. */
const SET_APART = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ .·_:-]){3,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu;

/** A text as it is read, and what was written at a place of it. */
export interface Read {
  readonly text: string;
  /** What stands between two places of the text as it was written, but for signs that nobody sees. */
  readonly written: (start: number, end: number) => string;
}

/** One sign that stands by itself, with the marks and the unseen signs on it. */
const SIGN = /[^][\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]*/gu;

/** The text without what is not seen, each letter in its plain form, and each digit as one of ours. */
export function folded(text: string): string {
  return read(text).text;
}

/** As `folded`, with the way back. */
export function read(text: string): Read {
  // Most texts are written with these alone.
  if (/^[\t\n\r -~‘’“”–—£]*$/.test(text)) return { text, written: (start, end) => text.slice(start, end) };
  let plain = "";
  const from: number[] = [];
  const to: number[] = [];
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    const seen = sign.replace(IGNORED, "").normalize("NFKC").replace(IGNORED, "");
    const ours = seen.replace(/(?!\d)\p{Nd}/gu, digit);
    plain += ours;
    for (let unit = 0; unit < ours.length; unit += 1) {
      from.push(index);
      to.push(index + sign.length);
    }
  }
  return {
    text: plain.replace(WORD, alike),
    written: (start, end) => text.slice(from[start] ?? text.length, to[end - 1] ?? 0).replace(IGNORED, ""),
  };
}

/**
 * A word by letters that look like ours; one of another script in which some look like none of ours is a word
 * of that script, and stays.
 */
function alike(word: string): string {
  const read = word.replace(/\P{ASCII}/gu, (sign) => ALIKE.get(sign) ?? sign);
  return /\p{Script=Latin}/u.test(word) || !OTHERS.test(read) ? read : word;
}

/** Findings in a text as it is read, each with its words as they were written. */
export function asWritten({ text, written }: Read, found: readonly Finding[]): Finding[] {
  const reached = new Map<string, number>();
  return found.map((one) => {
    const key = `${one.rule} ${one.words}`;
    const start = text.indexOf(one.words, reached.get(key) ?? 0);
    if (one.words === "" || start < 0) return one;
    reached.set(key, start + one.words.length);
    return { ...one, words: written(start, start + one.words.length) };
  });
}

/** Of each ten digits the first stands at a number that ends in 0 or in 6, counted by sixteen. */
export function digit(sign: string): string {
  const at = sign.codePointAt(0)!;
  const row = at - (at % 16);
  return String((at - (/\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6)) % 10);
}

/** What in the way a text is written makes one read other words than stand there. */
export function written(text: string): Finding[] {
  const found: Finding[] = [];
  const add = (words: string, says: string, needs: Finding["needs"]) =>
    found.push({ rule: "signs", words, says, needs });
  if (!isPlain(text)) add("", "Signs stand in it that nobody sees. Write it anew.", "stop");
  for (const { 0: word } of text.replace(IGNORED, "").matchAll(WORD)) {
    if (/\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word))
      add(word, "Letters of two alphabets stand in this word. Write it anew.", "look");
  }
  const seen = read(text);
  for (const { 0: words, index } of seen.text.matchAll(SET_APART))
    add(seen.written(index, index + words.length), "Signs that are set apart hide a word or a number.", "look");
  return found;
}
