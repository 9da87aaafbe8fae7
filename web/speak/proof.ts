// Proof of work (section 8 of the protocol): what makes a flood of messages cost something.

import { joined, type Bytes } from "./bytes.ts";

const PARTS = 8;
const NONCE = 4;
const CHALLENGE = 40;
const HASHED = 16_384;
const BATCH = 32;

/**
 * The eight nonces (32 bytes) that answer a challenge of 40. `breathe` is waited for now and again, so that
 * the page can be drawn and the sender can go away. Needs crypto.subtle: HTTPS, or
 * localhost.
 */
export async function prove(
  challenge: Uint8Array,
  difficulty: number,
  breathe: () => Promise<void>,
): Promise<Bytes> {
  const nonces: Bytes[] = [];
  for (let part = 0; part < PARTS; part += 1)
    nonces.push(await nonceFor(challenge, part, difficulty, breathe));
  return joined(...nonces);
}

export async function checkProof(
  challenge: Uint8Array,
  difficulty: number,
  proof: Uint8Array,
): Promise<boolean> {
  if (challenge.length !== CHALLENGE || proof.length !== PARTS * NONCE) return false;
  for (let part = 0; part < PARTS; part += 1) {
    const hashed = blockOf(challenge, part);
    hashed.set(proof.subarray(part * NONCE, (part + 1) * NONCE));
    if (!(await holds(hashed, difficulty))) return false;
  }
  return true;
}

// The lowest nonce of the first batch that has one. A browser works out a batch's digests beside the page.
async function nonceFor(
  challenge: Uint8Array,
  part: number,
  difficulty: number,
  breathe: () => Promise<void>,
): Promise<Bytes> {
  const blocks = Array.from({ length: BATCH }, () => blockOf(challenge, part));
  for (let first = 0; first < 2 ** 32; first += BATCH) {
    blocks.forEach((block, at) => new DataView(block.buffer).setUint32(0, first + at));
    const found = (await Promise.all(blocks.map((block) => holds(block, difficulty)))).indexOf(true);
    if (found >= 0) return blocks[found]!.slice(0, NONCE);
    await breathe();
  }
  throw new RangeError("no nonce answers so difficult a challenge");
}

function blockOf(challenge: Uint8Array, part: number): Bytes {
  if (challenge.length !== CHALLENGE) throw new RangeError("a challenge has 40 bytes");
  const block = new Uint8Array(HASHED);
  block[NONCE] = part;
  block.set(challenge, NONCE + 1);
  return block;
}

async function holds(block: Bytes, difficulty: number): Promise<boolean> {
  const digest = new DataView(await crypto.subtle.digest("SHA-256", block));
  return difficulty === 0 || digest.getUint32(0) >>> (32 - difficulty) === 0;
}
