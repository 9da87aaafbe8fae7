// A desk worker's keys: made here, wrapped here under her passphrase, and unwrapped here. The site keeps what
// is wrapped, and has neither the passphrase nor anything that follows from it.

import { ed25519 } from "@noble/curves/ed25519.js";
import { argon2id } from "hash-wasm";
import { ascii, fromBase64, joined, toBase64, type Bytes } from "../speak/bytes.ts";
import { identityOf, recipientOf } from "../speak/hybrid_keys.ts";
import { WORDS, wordAt } from "../speak/wordlist.ts";

const SEED = 32;
const SALT = 16;
const NONCE = 12;
const TAG = 16;
const CONTEXT = joined(ascii("lippen-desk/1 key"), new Uint8Array(1));

// What OWASP and RFC 9106 ask of a device that is known; the parameters are part of version 1.
const ARGON2 = { memorySize: 64 * 1024, iterations: 3, parallelism: 1, hashLength: 32 };

export const LEAST_SIGNS = 14;
const DRAWN_WORDS = 5;

/** A key that is open in this tab. */
export interface Held {
  readonly identity: string;
  readonly signingSeed: Bytes;
}

/** What the site keeps of a key. */
export interface Wrapped {
  recipient: string;
  signature: string;
  v: 1;
  salt: string;
  nonce: string;
  box: string;
}

/** New keys, wrapped: nothing of them is held when this is done. */
export async function makeKeys(passphrase: string): Promise<Wrapped> {
  const seed = random(SEED);
  const signingSeed = random(SEED);
  const recipient = await recipientOf(identityOf(seed));
  const salt = random(SALT);
  const nonce = random(NONCE);
  const key = await wrappingKey(passphrase, salt, "encrypt");
  const box = await crypto.subtle.encrypt(sealedWith(nonce, recipient), key, joined(seed, signingSeed));
  const signature = ed25519.getPublicKey(signingSeed);
  seed.fill(0);
  signingSeed.fill(0);
  return {
    recipient: toBase64(recipient),
    signature: toBase64(signature),
    v: 1,
    salt: toBase64(salt),
    nonce: toBase64(nonce),
    box: toBase64(new Uint8Array(box)),
  };
}

/** The keys in a box, or null: not this passphrase, or not a box of this key. */
export async function unwrap(wrapped: Wrapped, passphrase: string): Promise<Held | null> {
  const recipient = fromBase64(wrapped.recipient);
  const salt = fromBase64(wrapped.salt, SALT);
  const nonce = fromBase64(wrapped.nonce, NONCE);
  const box = fromBase64(wrapped.box, 2 * SEED + TAG);
  if (wrapped.v !== 1 || recipient === null || salt === null || nonce === null || box === null) return null;
  const key = await wrappingKey(passphrase, salt, "decrypt");
  try {
    const seeds = new Uint8Array(await crypto.subtle.decrypt(sealedWith(nonce, recipient), key, box));
    const held = { identity: identityOf(seeds.subarray(0, SEED)), signingSeed: seeds.slice(SEED) };
    seeds.fill(0);
    return held;
  } catch {
    return null;
  }
}

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
  if (plain.length < LEAST_SIGNS) return `It needs ${LEAST_SIGNS} signs at least. Take the five words.`;
  if (new Set(plain).size < 6) return "It repeats itself. Take the five words.";
  return "";
}

// As one types it: a phone puts capitals first and a blank behind a word.
function spelled(passphrase: string): string {
  return passphrase.normalize("NFKC").trim().replace(/\s+/gu, " ").toLowerCase();
}

async function wrappingKey(passphrase: string, salt: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const stretched = await argon2id({ ...ARGON2, password: spelled(passphrase), salt, outputType: "binary" });
  return crypto.subtle.importKey("raw", new Uint8Array(stretched), "AES-GCM", false, [use]);
}

function sealedWith(iv: Bytes, recipient: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: joined(CONTEXT, recipient) };
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
