// The words of receipts: 7,422 in order, each with its number of 0 to 7421.

import { base64 } from "@scure/base";
import { unpackWords } from "./word_coding.ts";

/**
 * Written at the end of the bundle when it is built, so nothing may ask for a word while the page is still
 * loading.
 */
declare const CODED_WORDS: string;

export const WORDS = 7422;

interface List {
  words: string[];
  numbers: Map<string, number>;
}

let unpacking: Generator<string, void> | undefined;
const words: string[] = [];
let list: List | undefined;

// Not before it is asked for: a visitor who only reads the page needs no list.
function unpackSome(most: number): boolean {
  unpacking ??= unpackWords(base64.decode(CODED_WORDS), WORDS);
  for (let unpacked = 0; unpacked < most; unpacked += 1) {
    const next = unpacking.next();
    if (next.done === true) return false;
    words.push(next.value);
  }
  return true;
}

/**
 * Unpacks the list a little at a time, so that the page can be used meanwhile: all of it takes a slow telephone
 * half a second, and seconds without a compiler.
 */
export async function unpackInTurns(breathe: () => Promise<void>): Promise<void> {
  while (unpackSome(50)) await breathe();
}

function unfolded(): List {
  if (list === undefined) {
    unpackSome(WORDS + 1);
    const numbers = new Map(words.map((one, number) => [one, number]));
    // Four words have a hyphen, which may be left out; but of yo-yo and yoyo both are on the list.
    words.forEach((one, number) => {
      if (!numbers.has(lettersOf(one))) numbers.set(lettersOf(one), number);
    });
    list = { words, numbers };
  }
  return list;
}

function lettersOf(word: string): string {
  return word.replace(/[^a-z]/g, "");
}

/** The word of a number of 0 to 7421. Raises RangeError for another. */
export function wordAt(number: number): string {
  const word = unfolded().words[number];
  if (word === undefined) throw new RangeError("a word's number is 0 to 7421");
  return word;
}

/**
 * The number of a word, or undefined for one that is not on the list. Case does not count, nor do hyphens
 * where no other word is the same without them.
 */
export function numberOf(word: string): number | undefined {
  const { numbers } = unfolded();
  const small = word.toLowerCase();
  return numbers.get(small) ?? numbers.get(lettersOf(small));
}
