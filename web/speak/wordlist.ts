// The long word list of the EFF: 7,776 words in order, each with its number of 0 to 7775.

import { base64 } from "@scure/base";
import { unpackWords } from "./word_coding.ts";

/** Written at the end of the bundle when it is built, so nothing may ask for a word while the page is still loading. */
declare const CODED_WORDS: string;

export const WORDS = 7776;

interface List {
  words: string[];
  numbers: Map<string, number>;
}

let list: List | undefined;

// Not before it is asked for: a visitor who only reads the page needs no list.
function unfolded(): List {
  if (list === undefined) {
    const words = unpackWords(base64.decode(CODED_WORDS), WORDS);
    list = { words, numbers: new Map(words.map((one, number) => [lettersOf(one), number])) };
  }
  return list;
}

/** What counts of a word: neither case nor hyphens. */
function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z]/g, "");
}

/** The word of a number of 0 to 7775. Raises RangeError for another. */
export function wordAt(number: number): string {
  const word = unfolded().words[number];
  if (word === undefined) throw new RangeError("a word's number is 0 to 7775");
  return word;
}

/** The number of a word, however it is written, or undefined for one that is not on the list. */
export function numberOf(word: string): number | undefined {
  return unfolded().numbers.get(lettersOf(word));
}
