// What a receipt opens: the mailbox's id, what shows that one may read it, and the identity that opens its
// answers (section 3 of the protocol). The server is never given the identity.

import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ascii, type Bytes } from "./bytes.ts";
import { identityOf, recipientOf } from "./hybrid_keys.ts";
import { Secret } from "./receipt.ts";

export interface MailboxKeys {
  /** 16 bytes. */
  readonly id: Bytes;
  /** 32 bytes, shown to the server when the mailbox is read or destroyed. */
  readonly authenticator: Bytes;
  /** `AGE-SECRET-KEY-PQ-1…` */
  readonly identity: string;
  /** 1,216 bytes, to which an answer is sealed. Worked out when it is asked for: it takes milliseconds. */
  readonly recipient: Promise<Bytes>;
}

export function keysOf(secret: Secret): MailboxKeys {
  const root = extract(sha256, Secret.bytesOf(secret), ascii("lippen-speak/1"));
  const derived = (name: string, length: number) => new Uint8Array(expand(sha256, root, ascii(name), length));
  const identity = identityOf(derived("identity", 32));
  return {
    id: derived("mailbox", 16),
    authenticator: derived("authenticator", 32),
    identity,
    get recipient() {
      return recipientOf(identity);
    },
  };
}

/** What the server keeps of the authenticator. */
export function digestOf(authenticator: Uint8Array): Bytes {
  return new Uint8Array(sha256(authenticator));
}
