// The words of receipts as the page carries them: packed as speak/word_coding.ts says, in base64, 12.1 kB after
// gzip where the words in full take 23.6.

import { readFileSync } from "node:fs";
import { bitsOf, readThrough } from "./speak/word_coding.ts";

const PUT_IN = "put in";

function rows(name) {
  const text = readFileSync(new URL(`../src/lippen/site/speak/${name}`, import.meta.url), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
}

/** The long list of the EFF, without the words that brand whoever keeps them and with others in their place. */
export function receiptWords() {
  const changed = new Map(rows("words_changed.tsv"));
  const kept = rows("eff_large_wordlist.txt").map(([, word]) => word);
  const putIn = [...changed.keys()].filter((word) => changed.get(word) === PUT_IN);
  return [...kept.filter((word) => !changed.has(word)), ...putIn].sort();
}

/** The words that are never drawn, in one line: at a desk they are still words, and no names. */
export function leftOut() {
  return rows("words_changed.tsv")
    .filter(([, reason]) => reason !== PUT_IN)
    .map(([word]) => word)
    .join(" ");
}

export function codedWords() {
  return packWords(receiptWords()).toString("base64");
}

function packWords(words) {
  const bits = [...signsOf(words)].flatMap(bitsOf);
  let low = 0n;
  let range = 2 ** 32;
  let bytes = 4;
  let at = 0;
  const reading = readThrough(words.length, (chance) => {
    const bit = bits[at++];
    const share = Math.floor(range / 65_536) * chance;
    if (bit === 0) low += BigInt(share);
    range = bit === 1 ? share : range - share;
    while (range < 2 ** 24) {
      low <<= 8n;
      range *= 256;
      bytes += 1;
    }
    return bit;
  });
  while (!reading.next().done);
  return Buffer.from(low.toString(16).padStart(2 * bytes, "0"), "hex");
}

function signsOf(words) {
  let signs = "";
  let before = "";
  for (const word of words) {
    let shared = 0;
    while (shared < before.length && before[shared] === word[shared]) shared += 1;
    signs += `${before.length - shared}${word.slice(shared)}`;
    before = word;
  }
  return `${signs}0`; // a digit ends the last word too
}
