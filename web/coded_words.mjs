// The long list as the page carries it: packed as speak/word_coding.ts says, in base64, 13.0 kB after gzip
// where the words in full take 24.8.

import { readFileSync } from "node:fs";
import { bitsOf, readThrough } from "./speak/word_coding.ts";

const LIST = new URL("../src/lippen/site/speak/eff_large_wordlist.txt", import.meta.url);

export function codedWords() {
  const words = readFileSync(LIST, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[1]);
  return packWords(words).toString("base64");
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
