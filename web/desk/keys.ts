// A desk worker's keys: made here, wrapped here under her passphrase or her passkey, and unwrapped here. The
// site keeps what is wrapped, and has nothing that opens it.

import { ed25519 } from "@noble/curves/ed25519.js";
import { fromBase64, joined, toBase64, type Bytes } from "../speak/bytes.ts";
import { identityOf, RECIPIENT, recipientOf } from "../speak/hybrid_keys.ts";
import {
  BOX,
  closeBox,
  keyOfPasskey,
  keyOfPassphrase,
  NONCE,
  openBox,
  ownKeyMessage,
  PRF_SALT,
  SALT,
  SEED,
} from "./wrapping.ts";

/** A key that is open in this tab. */
export interface Held {
  readonly identity: string;
  readonly signingSeed: Bytes;
}

/** The two seeds, closed under what a salt and a passphrase, or a passkey, come to. */
export interface Box {
  salt: string;
  nonce: string;
  box: string;
}

export interface PasskeyBox extends Box {
  credential: string;
}

/** What the site keeps of a key: one box, or one for each way of opening it. */
export interface Wrapped {
  recipient: string;
  signature: string;
  v: 2;
  passphrase?: Box;
  passkey?: PasskeyBox;
}

/** What a passkey gave for its salt. The output never leaves the tab. */
export interface Passkey {
  readonly credential: Bytes;
  readonly salt: Bytes;
  readonly output: Bytes;
}

/** What is to open a key: one of the two, or either. */
export interface Ways {
  readonly passphrase?: string | undefined;
  readonly passkey?: Passkey | undefined;
}

/** Whose key it is: the desk's id and the worker's reference. */
export interface Whose {
  readonly desk: string;
  readonly person: string;
}

/** New keys, wrapped, with the proof that whoever hands them in has them: no secret is held when it is done. */
export async function makeKeys(ways: Ways, whose: Whose): Promise<{ wrapped: Wrapped; proof: string }> {
  const seed = random(SEED);
  const signingSeed = random(SEED);
  const recipient = await recipientOf(identityOf(seed));
  const seeds = joined(seed, signingSeed);
  const wrapped: Wrapped = {
    recipient: toBase64(recipient),
    signature: toBase64(ed25519.getPublicKey(signingSeed)),
    v: 2,
  };
  if (ways.passphrase !== undefined) {
    const salt = random(SALT);
    const key = await keyOfPassphrase(ways.passphrase, salt);
    wrapped.passphrase = { salt: toBase64(salt), ...(await boxed(key, recipient, seeds)) };
  }
  if (ways.passkey !== undefined) {
    const { credential, salt, output } = ways.passkey;
    const key = keyOfPasskey(output, salt, recipient);
    const box = await boxed(key, recipient, seeds);
    wrapped.passkey = { credential: toBase64(credential), salt: toBase64(salt), ...box };
  }
  const message = ownKeyMessage(whose.desk, whose.person, recipient);
  const proof = toBase64(ed25519.sign(message, signingSeed));
  for (const secret of [seed, signingSeed, seeds]) secret.fill(0);
  return { wrapped, proof };
}

/** The keys in the box that a passphrase closes, or null: there is none, or this does not open it. */
export async function unwrap(wrapped: Wrapped, passphrase: string): Promise<Held | null> {
  const salt = fromBase64(wrapped.passphrase?.salt, SALT);
  if (wrapped.passphrase === undefined || salt === null) return null;
  return heldIn(wrapped, wrapped.passphrase, () => keyOfPassphrase(passphrase, salt));
}

/** The keys in the box that a passkey closes, or null: there is none, or it is another passkey's. */
export async function unwrapByPasskey(wrapped: Wrapped, passkey: Passkey): Promise<Held | null> {
  const box = wrapped.passkey;
  if (box === undefined || box.credential !== toBase64(passkey.credential)) return null;
  const salt = fromBase64(box.salt, PRF_SALT);
  if (salt === null) return null;
  return heldIn(wrapped, box, async (recipient) => keyOfPasskey(passkey.output, salt, recipient));
}

async function heldIn(
  wrapped: Wrapped,
  told: Box,
  keyFor: (recipient: Bytes) => Promise<Bytes>,
): Promise<Held | null> {
  const recipient = fromBase64(wrapped.recipient, RECIPIENT);
  const nonce = fromBase64(told.nonce, NONCE);
  const box = fromBase64(told.box, BOX);
  if (wrapped.v !== 2 || recipient === null || nonce === null || box === null) return null;
  const seeds = await openBox(await keyFor(recipient), nonce, recipient, box);
  if (seeds === null) return null;
  const held = { identity: identityOf(seeds.subarray(0, SEED)), signingSeed: seeds.slice(SEED) };
  seeds.fill(0);
  return held;
}

async function boxed(key: Bytes, recipient: Bytes, seeds: Bytes): Promise<{ nonce: string; box: string }> {
  const nonce = random(NONCE);
  return { nonce: toBase64(nonce), box: toBase64(await closeBox(key, nonce, recipient, seeds)) };
}

export function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
