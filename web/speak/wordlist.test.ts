import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { numberOf, wordAt, WORDS } from "./wordlist.ts";

const rows = (name: string): string[][] =>
  readFileSync(new URL(`../../src/lippen/site/speak/${name}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));

test("the coded list is the long one as it was changed, word for word", () => {
  const changed = rows("words_changed.tsv");
  const unlike = new Set(changed.map(([word]) => word));
  const words = [
    ...rows("eff_large_wordlist.txt").flatMap(([, word]) => (unlike.has(word) ? [] : [word!])),
    ...changed.flatMap(([word, reason]) => (reason === "put in" ? [word!] : [])),
  ].sort();
  assert.equal(words.length, WORDS);
  words.forEach((word, number) => {
    assert.equal(wordAt(number), word);
    assert.equal(numberOf(word), number);
  });
  assert.deepEqual([wordAt(0), wordAt(WORDS - 1)], ["abacus", "zoom"]);
});

test("seven words are 90 bits and more, and no word that was left out is drawn or read", () => {
  assert.ok(7 * Math.log2(WORDS) >= 90);
  assert.ok(8 * WORDS <= 65_536);
  const left = rows("words_changed.tsv").filter(([, reason]) => reason !== "put in");
  assert.ok(left.length > 500);
  for (const [word] of left) assert.equal(numberOf(word!), undefined, word);
});

test("neither case nor hyphens of a word count, but where another word is the same without them", () => {
  for (const written of ["t-shirt", "T-Shirt", "tshirt", "T SHIRT"])
    assert.equal(wordAt(numberOf(written)!), "t-shirt");
  assert.deepEqual([numberOf("Yo-Yo"), numberOf("yoyo")], [7394, 7399]);
  for (const other of ["", "-", "zooms", "aba", "constructor", "__proto__"])
    assert.equal(numberOf(other), undefined);
});

test("there is no word before the first and none after the last", () => {
  for (const number of [-1, WORDS, 0.5, NaN]) assert.throws(() => wordAt(number), RangeError);
});

test("unpacked in turns, the list is the same, and may be asked for before it is whole", async () => {
  const other = (await import(`./wordlist.ts?${"anew"}`)) as typeof import("./wordlist.ts");
  let turns = 0;
  await other.unpackInTurns(async () => {
    turns += 1;
    if (turns === 3) assert.equal(other.wordAt(WORDS - 1), wordAt(WORDS - 1));
  });
  assert.ok(turns >= 3);
  for (const number of [0, 149, 150, 151, WORDS - 1]) assert.equal(other.wordAt(number), wordAt(number));
});
