// A worker's passphrase: drawn for her, or looked at where it is her own.

import { WORDS, wordAt } from "../speak/wordlist.ts";
import { random } from "./keys.ts";
import { spelled } from "./wrapping.ts";

export const LEAST_SIGNS = 14;
const DRAWN_WORDS = 5;

/** Five words drawn for her: 64 bits, which no guessing at Argon2id's price gets through. */
export function drawPassphrase(): string {
  const words: string[] = [];
  while (words.length < DRAWN_WORDS) {
    const [high, low] = random(2);
    const number = high! * 256 + low!;
    if (number < 8 * WORDS) words.push(wordAt(number % WORDS));
  }
  return words.join(" ");
}

/** What is wrong with a passphrase, in words; "" where it will do. */
export function whyWeak(passphrase: string): string {
  const plain = spelled(passphrase);
  if (plain.length < LEAST_SIGNS) return `It needs ${LEAST_SIGNS} characters at least. Take the five words.`;
  if (new Set(plain).size < 6) return "It repeats itself. Take the five words.";
  return "";
}
