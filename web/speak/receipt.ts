// The receipt: seven words, or 28 digits, from which a mailbox's keys follow (section 2 of the protocol).
//
// Who has them can read the answers. They are held in a type of their own, which shows them nowhere.

import { sha256 } from "@noble/hashes/sha2.js";
import { ascii, joined, numberFrom, numberIn, type Bytes } from "./bytes.ts";
import { numberOf, wordAt, WORDS } from "./wordlist.ts";

const DRAWN = 7;
const DIGITS = 28;
const BASE = BigInt(WORDS);
const SECRETS = BASE ** BigInt(DRAWN);

/** 90.0 random bits in 12 bytes, which only `Secret.bytesOf` gives out. */
export class Secret {
  readonly #bytes: Bytes;

  constructor(number: bigint) {
    if (number < 0n || number >= SECRETS)
      throw new RangeError("a secret is seven words");
    this.#bytes = numberIn(number, 12);
  }

  static bytesOf(secret: Secret): Bytes {
    return secret.#bytes.slice();
  }
}

export type Fault = "too few" | "too many" | "unknown word" | "does not check";
export type Reading =
  { secret: Secret; fault?: undefined } | { secret?: undefined; fault: Fault; word?: string };

export function drawSecret(): Secret {
  let number = 0n;
  for (let drawn = 0; drawn < DRAWN; drawn += 1) number = number * BASE + BigInt(drawWord());
  return new Secret(number);
}

// Numbers from 59,376 on are drawn again: with them the first 6,160 words would come up more often.
function drawWord(): number {
  for (;;) {
    const [high, low] = crypto.getRandomValues(new Uint8Array(2));
    const number = high! * 256 + low!;
    if (number < 8 * WORDS) return number % WORDS;
  }
}

/** Eight words: seven are the secret, the last one catches a slip. */
export function toWords(secret: Secret): string[] {
  const words: string[] = [];
  let number = numberFrom(Secret.bytesOf(secret));
  for (let place = 0; place < DRAWN; place += 1) {
    words.unshift(wordAt(Number(number % BASE)));
    number /= BASE;
  }
  return [...words, wordAt(checkNumber(secret))];
}

/** 28 digits without spaces, for people who do not read English. */
export function toDigits(secret: Secret): string {
  const number = numberFrom(Secret.bytesOf(secret)) * 5n + BigInt(checkNumber(secret) % 5);
  return number.toString().padStart(DIGITS, "0");
}

function checkNumber(secret: Secret): number {
  const [high, low] = sha256(joined(ascii("lippen-speak/1 check"), Secret.bytesOf(secret)));
  return (high! * 256 + low!) % WORDS;
}

/** Reads what somebody typed: seven or eight words, or 28 digits, with whatever stands between them. */
export function readReceipt(typed: string): Reading {
  const plain = typed.normalize("NFKC");
  return /\p{L}/u.test(plain) ? readWords(plain) : readDigits(plain);
}

function readWords(typed: string): Reading {
  const pieces = typed.match(/[\p{L}\p{M}]+/gu) ?? [];
  const numbers: number[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at]!;
    let number = numberOf(piece);
    if (number === undefined) {
      // Four words have a hyphen, which may have been typed as a space: drop-down, felt-tip, t-shirt, yo-yo.
      number = numberOf(`${piece}-${pieces[at + 1] ?? ""}`);
      at += 1;
    }
    if (number === undefined) return { fault: "unknown word", word: piece };
    numbers.push(number);
  }
  if (numbers.length < DRAWN) return { fault: "too few" };
  if (numbers.length > DRAWN + 1) return { fault: "too many" };
  const secret = new Secret(numbers.slice(0, DRAWN).reduce((sum, number) => sum * BASE + BigInt(number), 0n));
  const check = numbers[DRAWN];
  return check === undefined || check === checkNumber(secret) ? { secret } : { fault: "does not check" };
}

function readDigits(typed: string): Reading {
  const digits = typed.replace(/\P{Nd}/gu, "").replace(/\D/gu, westernDigit);
  if (digits.length < DIGITS) return { fault: "too few" };
  if (digits.length > DIGITS) return { fault: "too many" };
  const number = BigInt(digits);
  if (number / 5n >= SECRETS) return { fault: "does not check" };
  const secret = new Secret(number / 5n);
  return Number(number % 5n) === checkNumber(secret) % 5 ? { secret } : { fault: "does not check" };
}

// A telephone set to Arabic, Persian or Bengali has digits of its own; those of a script stand in order.
function westernDigit(digit: string): string {
  const point = digit.codePointAt(0)!;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value += 1;
  return String(value);
}
