// The long list as the page carries it. Its words are in order, so each is written as how many letters of the
// one before it fall away and which follow: 17.2 kB after gzip, where the words in full take 24.8 kB.

import { readFileSync } from "node:fs";

const LIST = new URL("../src/lippen/site/speak/eff_large_wordlist.txt", import.meta.url);

export function codedWords() {
  const words = readFileSync(LIST, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[1]);
  let coded = "";
  let before = "";
  for (const word of words) {
    let shared = 0;
    while (shared < before.length && before[shared] === word[shared]) shared += 1;
    coded += `${before.length - shared}${word.slice(shared)}`;
    before = word;
  }
  return coded;
}
