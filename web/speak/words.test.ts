import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { areWords, ENGLISH, fill, LANGUAGES, type Key, type Words } from "./words.ts";

const FOLDER = new URL("languages/", import.meta.url);
const read = (code: string): unknown => JSON.parse(readFileSync(new URL(`${code}.json`, FOLDER), "utf8"));
const keys = Object.keys(ENGLISH) as Key[];
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test("each language that can be chosen has its file, and each file can be chosen", () => {
  assert.deepEqual(
    readdirSync(FOLDER).sort(),
    Object.keys(LANGUAGES)
      .map((code) => `${code}.json`)
      .sort(),
  );
});

for (const code of Object.keys(LANGUAGES)) {
  test(`${code} has every key and no other, each once, with the same places to fill`, () => {
    const words = read(code);
    assert.ok(areWords(words));
    const written = readFileSync(new URL(`${code}.json`, FOLDER), "utf8").match(/^ {2}"[^"]+":/gm) ?? [];
    assert.equal(new Set(written).size, written.length);
    for (const key of keys) {
      if (!key.startsWith("cue.")) assert.deepEqual(placeholders(words[key]), placeholders(ENGLISH[key]), key);
      if (key !== "unchecked") assert.notEqual(words[key].trim(), "", key);
    }
  });

  test(`${code} says whether a speaker has checked it, and which way it runs`, () => {
    const words = read(code) as Words;
    assert.equal(words.checked, code === "en" ? "yes" : "no");
    assert.equal(words.unchecked === "", code === "en");
    assert.equal(words.direction, code === "ar" ? "rtl" : "ltr");
  });
}

test("what is not a language's words is refused", () => {
  const whole = { ...ENGLISH };
  assert.ok(areWords(whole));
  const { next: _, ...short } = whole;
  for (const other of [
    null,
    [],
    "words",
    {},
    short,
    { ...whole, more: "x" },
    { ...whole, next: 1 },
    { ...short, nxt: "" },
  ]) {
    assert.equal(areWords(other), false);
  }
});

test("places are filled with what is given, and only places", () => {
  assert.equal(fill(ENGLISH, "step", { number: 2, of: 10 }), "Step 2 of 10");
  assert.equal(fill(ENGLISH, "hints.found", { words: "{number} $& $1" }), "You wrote: “{number} $& $1”");
});
