import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { checkProof, prove } from "./proof.ts";

const random = seeded(10);
const pause = async () => undefined;

test("each nonce of a proof begins what hashes to so many zero bits", async () => {
  for (const difficulty of [0, 1, 5, 8]) {
    const challenge = random.bytes(40);
    const proof = await prove(challenge, difficulty, pause);
    assert.equal(proof.length, 32);
    assert.equal(await checkProof(challenge, difficulty, proof), true);
    for (let part = 0; part < 8; part += 1) {
      const hashed = Buffer.alloc(16_384);
      hashed.set(proof.subarray(part * 4, part * 4 + 4));
      hashed[4] = part;
      hashed.set(challenge, 5);
      const digest = createHash("sha256").update(hashed).digest();
      assert.equal(digest.readUInt32BE(0) >>> 0 < 2 ** (32 - difficulty), true);
    }
  }
});

test("a proof is for its challenge, in its order, and of its length", async () => {
  const challenge = random.bytes(40);
  const proof = await prove(challenge, 8, pause);
  assert.equal(await checkProof(random.bytes(40), 8, proof), false);
  assert.equal(await checkProof(challenge, 30, proof), false);
  assert.equal(await checkProof(challenge, 8, proof.slice().reverse()), false);
  assert.equal(await checkProof(challenge, 8, proof.subarray(4)), false);
  assert.equal(await checkProof(challenge.subarray(1), 8, proof), false);
});

test("the page can breathe meanwhile, and whoever goes away ends it", async () => {
  let breaths = 0;
  await prove(random.bytes(40), 8, async () => {
    breaths += 1;
  });
  assert.ok(breaths > 8, String(breaths));
  const gone = new Error("gone");
  await assert.rejects(
    prove(random.bytes(40), 31, async () => {
      throw gone;
    }),
    gone,
  );
});

test("what is no challenge is refused", async () => {
  await assert.rejects(prove(new Uint8Array(39), 8, pause), RangeError);
});
