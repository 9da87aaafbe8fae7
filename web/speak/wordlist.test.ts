import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { numberOf, wordAt, WORDS } from "./wordlist.ts";

const LIST = new URL("../../src/lippen/site/speak/eff_large_wordlist.txt", import.meta.url);

test("the coded list is the published one, word for word", () => {
  const lines = readFileSync(LIST, "utf8").trimEnd().split("\n");
  assert.equal(lines.length, WORDS);
  lines.forEach((line, number) => {
    const [dice, word] = line.split("\t");
    assert.equal(wordAt(number), word);
    assert.equal(numberOf(word!), number);
    // Five throws of a die are the number to base 6, each digit one more.
    assert.equal(
      [...dice!].reduce((sum, thrown) => sum * 6 + Number(thrown) - 1, 0),
      number,
    );
  });
  assert.deepEqual([wordAt(0), wordAt(7775)], ["abacus", "zoom"]);
});

test("neither case nor hyphens of a word count, but where another word is the same without them", () => {
  for (const written of ["t-shirt", "T-Shirt", "tshirt", "T SHIRT"])
    assert.equal(wordAt(numberOf(written)!), "t-shirt");
  assert.deepEqual([numberOf("Yo-Yo"), numberOf("yoyo")], [7747, 7752]);
  for (const other of ["", "-", "zooms", "aba", "constructor", "__proto__"])
    assert.equal(numberOf(other), undefined);
});

test("there is no word before the first and none after the last", () => {
  for (const number of [-1, 7776, 0.5, NaN]) assert.throws(() => wordAt(number), RangeError);
});

test("unpacked in turns, the list is the same, and may be asked for before it is whole", async () => {
  const other = (await import(`./wordlist.ts?${"anew"}`)) as typeof import("./wordlist.ts");
  let turns = 0;
  await other.unpackInTurns(async () => {
    turns += 1;
    if (turns === 3) assert.equal(other.wordAt(7775), wordAt(7775));
  });
  assert.ok(turns >= 3);
  for (const number of [0, 149, 150, 151, 7775]) assert.equal(other.wordAt(number), wordAt(number));
});
