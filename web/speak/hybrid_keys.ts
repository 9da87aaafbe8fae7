// Keys of age's hybrid kind (ML-KEM-768 with X25519): an identity from a seed, a recipient from an identity.

import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { bech32 } from "@scure/base";
import type { Bytes } from "./bytes.ts";

export const RECIPIENT = 1216;

type RecipientText = `age1pq1${string}`;

/** `AGE-SECRET-KEY-PQ-1…` of a seed of 32 bytes. */
export function identityOf(seed: Uint8Array): string {
  if (seed.length !== 32) throw new RangeError("the seed of an identity has 32 bytes");
  return bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", seed).toUpperCase();
}

/** The public half of an identity, 1,216 bytes. */
export async function recipientOf(identity: string): Promise<Bytes> {
  return new Uint8Array(MLKEM768X25519.getPublicKey(bech32.decodeToBytes(identity).bytes));
}

/** A public half as age writes it, `age1pq1…`: longer than bech32's own limit of 90, which age lifts. */
export function recipientText(recipient: Uint8Array): RecipientText {
  if (recipient.length !== RECIPIENT) throw new RangeError("a recipient has 1,216 bytes");
  return bech32.encode("age1pq", bech32.toWords(recipient), false);
}
