import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { seeded } from "../seeded.ts";
import { toHex } from "./bytes.ts";
import { drawSecret, readReceipt, Secret, toDigits, toWords } from "./receipt.ts";
import { numberOf, wordAt, WORDS } from "./wordlist.ts";

const hexOf = (secret: Secret | undefined) => secret && toHex(Secret.bytesOf(secret));

test("every secret is read again from eight words, from the first seven, and from 28 digits", () => {
  const random = seeded(1);
  for (let round = 0; round < 500; round += 1) {
    const secret = random.secret();
    const words = toWords(secret);
    const digits = toDigits(secret);
    assert.equal(words.length, 8);
    assert.match(digits, /^\d{28}$/);
    for (const typed of [words.join(" "), words.slice(0, 7).join(" "), digits]) {
      assert.equal(hexOf(readReceipt(typed).secret), hexOf(secret), typed);
    }
  }
});

test("case, spaces, hyphens and what stands between do not count", () => {
  // All four words with a hyphen: drop-down, felt-tip, t-shirt, yo-yo.
  const secret = new Secret(
    ["drop-down", "felt-tip", "t-shirt", "yo-yo", "yoyo", "zoom", "drop-down"].reduce(
      (sum, one) => sum * BigInt(WORDS) + BigInt(numberOf(one)!),
      0n,
    ),
  );
  const words = toWords(secret);
  assert.deepEqual(words.slice(0, 5), ["drop-down", "felt-tip", "t-shirt", "yo-yo", "yoyo"]);
  const typings = [
    words.join("-"),
    words.join("  ").toUpperCase(),
    `  ${words.map((word) => word.replace("-", " ")).join("\n")}. `,
    words.map((word, at) => `${at + 1}. ${word === "yo-yo" ? word : word.replace("-", "")},`).join(" "),
  ];
  for (const typed of typings) assert.equal(hexOf(readReceipt(typed).secret), hexOf(secret), typed);
});

test("digits may be grouped, and may be those of another script", () => {
  const secret = seeded(2).secret();
  const digits = toDigits(secret);
  const arabic = digits.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));
  const wide = digits.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  const chakma = digits.replace(/\d/g, (digit) => String.fromCodePoint(0x11136 + Number(digit)));
  for (const typed of [
    digits.replace(/(\d{4})/g, "$1 "),
    digits.replace(/(\d{7})/g, "$1-"),
    arabic,
    wide,
    chakma,
  ]) {
    assert.equal(hexOf(readReceipt(typed).secret), hexOf(secret), typed);
  }
});

test("too few, too many and unknown words are told apart", () => {
  const words = toWords(seeded(3).secret());
  assert.deepEqual(readReceipt(""), { fault: "too few" });
  assert.deepEqual(readReceipt(" – "), { fault: "too few" });
  assert.deepEqual(readReceipt(words.slice(0, 6).join(" ")), { fault: "too few" });
  assert.deepEqual(readReceipt([...words, "zoom"].join(" ")), { fault: "too many" });
  assert.deepEqual(readReceipt("1".repeat(27)), { fault: "too few" });
  assert.deepEqual(readReceipt("1".repeat(29)), { fault: "too many" });
  assert.deepEqual(readReceipt([...words.slice(0, 7), "zoomed"].join(" ")), {
    fault: "unknown word",
    word: "zoomed",
  });
  assert.deepEqual(readReceipt([...words.slice(0, 3), "дом"].join(" ")), {
    fault: "unknown word",
    word: "дом",
  });
});

test("of eight words with one slip, nearly every one is caught; of digits four of five", () => {
  const random = seeded(4);
  let words = 0;
  let digits = 0;
  for (let round = 0; round < 1000; round += 1) {
    const secret = random.secret();
    const typed = toWords(secret);
    const at = random.below(8);
    typed[at] = wordAt((typed[at] === "abacus" ? 1 : 0) + random.below(WORDS - 1));
    if (typed.join() !== toWords(secret).join() && readReceipt(typed.join(" ")).fault === "does not check")
      words += 1;
    const number = [...toDigits(secret)];
    const place = random.below(28);
    number[place] = String((Number(number[place]) + 1 + random.below(9)) % 10);
    if (readReceipt(number.join("")).fault === "does not check") digits += 1;
  }
  assert.ok(words >= 995, String(words));
  assert.ok(digits >= 750, String(digits));
});

test("digits beyond the last secret do not check", () => {
  assert.deepEqual(readReceipt("9".repeat(28)), { fault: "does not check" });
  const last = toDigits(new Secret(BigInt(WORDS) ** 7n - 1n));
  assert.ok(readReceipt(last).secret);
  assert.equal(readReceipt((BigInt(last) + 5n).toString()).fault, "does not check");
});

test("numbers from 59,376 on are drawn again, so that no word is favoured", (t) => {
  const bytes = [0xff, 0xff, 0xe7, 0xf0, 0xe7, 0xef, ...new Array(12).fill(0)];
  t.mock.method(crypto, "getRandomValues", (into: Uint8Array) => {
    into.set(bytes.splice(0, into.length));
    return into;
  });
  const [first] = toWords(drawSecret());
  assert.equal(first, wordAt(0xe7ef % WORDS));
  assert.equal(0xe7ef, 8 * WORDS - 1);
});

test("two drawings have nothing in common", () => {
  const drawn = new Set(Array.from({ length: 200 }, () => hexOf(drawSecret())));
  assert.equal(drawn.size, 200);
});

test("a secret shows itself neither as text, nor in JSON, nor in a console", () => {
  const secret = new Secret(BigInt(WORDS) ** 6n + 12345n);
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true }),
    ...Object.keys(secret),
  ];
  for (const text of shown) assert.doesNotMatch(text, new RegExp(`${hexOf(secret)}|12345|\\d{3}`));
  Secret.bytesOf(secret).fill(0);
  assert.notEqual(hexOf(secret), "00".repeat(12));
});

test("there is no secret beyond seven words", () => {
  for (const number of [-1n, BigInt(WORDS) ** 7n]) assert.throws(() => new Secret(number), RangeError);
});
