import { bech32 } from "@scure/base";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../seeded.ts";
import { toHex } from "./bytes.ts";
import { identityOf, recipientOf, recipientText } from "./hybrid_keys.ts";
import { digestOf, keysOf } from "./mailbox_keys.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

test("the key derivation is RFC 5869's (appendix A.1)", () => {
  const root = extract(sha256, bytes("0b".repeat(22)), bytes("000102030405060708090a0b0c"));
  assert.equal(toHex(root), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  assert.equal(
    toHex(expand(sha256, root, bytes("f0f1f2f3f4f5f6f7f8f9"), 42)),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
});

test("an identity is its seed in bech32 under age's name for hybrid ones", () => {
  const random = seeded(5);
  for (let round = 0; round < 100; round += 1) {
    const seed = random.bytes(32);
    const identity = identityOf(seed);
    assert.ok(identity.startsWith("AGE-SECRET-KEY-PQ-1"));
    const read = bech32.decodeToBytes(identity);
    assert.equal(read.prefix, "age-secret-key-pq-");
    assert.deepEqual([...read.bytes], [...seed]);
  }
});

test("each receipt has keys of its own, and none of them shows another", async () => {
  const random = seeded(6);
  const seen = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    const keys = keysOf(random.secret());
    assert.deepEqual([keys.id.length, keys.authenticator.length], [16, 32]);
    const recipient = await keys.recipient;
    assert.equal(recipient.length, 1216);
    assert.deepEqual(recipient, await recipientOf(keys.identity));
    const told = [
      toHex(keys.id),
      toHex(keys.authenticator),
      toHex(digestOf(keys.authenticator)),
      keys.identity,
    ];
    for (const one of told) seen.add(one);
  }
  assert.equal(seen.size, 80);
});

test("keys of a wrong length are refused", () => {
  for (const length of [0, 31, 33]) assert.throws(() => identityOf(new Uint8Array(length)), RangeError);
  for (const length of [0, 1215, 1217])
    assert.throws(() => recipientText(new Uint8Array(length)), RangeError);
});
