// How a worker's two seeds are closed in a box, whatever opens it (docs/speak-protocol.md, 12).

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { argon2id } from "hash-wasm";
import { ascii, joined, type Bytes } from "../speak/bytes.ts";

export const SEED = 32;
export const NONCE = 12;
export const SALT = 16;
export const PRF_SALT = 32;
const TAG = 16;
export const BOX = 2 * SEED + TAG;

const ZERO = new Uint8Array(1);
const CONTEXT = joined(ascii("lippen-desk/1 key"), ZERO);
const PASSKEY = joined(ascii("lippen-desk/1 passkey"), ZERO);
const OWN_KEY = joined(ascii("lippen-desk/1 own key"), ZERO);

// What OWASP and RFC 9106 ask of a device that is known; the parameters are part of version 1.
const ARGON2 = { memorySize: 64 * 1024, iterations: 3, parallelism: 1, hashLength: 32 };

/** The wrapping key (32) that a passphrase comes to under a salt (16). */
export async function keyOfPassphrase(passphrase: string, salt: Bytes): Promise<Bytes> {
  const password = spelled(passphrase);
  return new Uint8Array(await argon2id({ ...ARGON2, password, salt, outputType: "binary" }));
}

/** The wrapping key (32) that what a passkey gave (32) comes to: another one for each key that it opens. */
export function keyOfPasskey(output: Bytes, salt: Bytes, recipient: Uint8Array): Bytes {
  return new Uint8Array(hkdf(sha256, output, salt, joined(PASSKEY, recipient), 32));
}

/** Both seeds (32 each) in a box (80) that is bound to the public half (1,216). */
export async function closeBox(
  key: Bytes,
  nonce: Bytes,
  recipient: Uint8Array,
  seeds: Bytes,
): Promise<Bytes> {
  const used = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt(sealedWith(nonce, recipient), used, seeds));
}

/** Both seeds, or null where the box, its nonce, the public half or the key is another. */
export async function openBox(
  key: Bytes,
  nonce: Bytes,
  recipient: Uint8Array,
  box: Bytes,
): Promise<Bytes | null> {
  const used = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(sealedWith(nonce, recipient), used, box));
  } catch {
    return null;
  }
}

/** What a new signing key signs, so that nobody hands in a key that is somebody else's. */
export function ownKeyMessage(desk: string, person: string, recipient: Uint8Array): Bytes {
  return joined(OWN_KEY, ascii(desk), ZERO, ascii(person), ZERO, recipient);
}

// As one types it: a phone puts capitals first and a blank behind a word.
export function spelled(passphrase: string): string {
  return passphrase.normalize("NFKC").trim().replace(/\s+/gu, " ").toLowerCase();
}

function sealedWith(iv: Bytes, recipient: Uint8Array): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: joined(CONTEXT, recipient) };
}
