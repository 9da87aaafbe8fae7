import { ed25519 } from "@noble/curves/ed25519.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { openReport, sealReport } from "../speak/sealing.ts";
import { readReport } from "../speak/messages.ts";
import { fromBase64, toBase64 } from "../speak/bytes.ts";
import { published } from "../vectors.ts";
import { makeKeys, random, unwrap, unwrapByPasskey } from "./keys.ts";
import { drawPassphrase, whyWeak } from "./passphrase.ts";
import { ownKeyMessage } from "./wrapping.ts";

const PASSPHRASE = "abacus zoom yodel wreath violin";
const WHOSE = { desk: "riverside", person: "a".repeat(16) };
const passkey = () => ({ credential: random(48), salt: random(32), output: random(32) });

test("a key opens under its passphrase, however a phone spells it, and under no other", async () => {
  const { wrapped } = await makeKeys({ passphrase: PASSPHRASE }, WHOSE);
  const held = await unwrap(wrapped, `  ${PASSPHRASE.toUpperCase()} `);
  assert.match(held!.identity, /^AGE-SECRET-KEY-PQ-1/);
  assert.equal(await unwrap(wrapped, "abacus zoom yodel wreath viola"), null);
  const told = JSON.stringify(wrapped);
  assert.equal(told.includes(held!.identity), false);
  assert.equal(told.includes(toBase64(held!.signingSeed)), false);
  const report = readReport(new TextEncoder().encode(published()["report"]!["text"]))!;
  const sealed = await sealReport(report, [fromBase64(wrapped.recipient, 1216)!]);
  assert.deepEqual(await openReport(held!.identity, sealed), report);
});

test("a box that was altered, or put beside another key, does not open", async () => {
  const device = passkey();
  const [one, other] = [
    (await makeKeys({ passkey: device }, WHOSE)).wrapped,
    (await makeKeys({ passkey: device }, WHOSE)).wrapped,
  ];
  const [mine, theirs] = [one.passkey!, other.passkey!];
  const put = (change: object) => unwrapByPasskey({ ...one, passkey: { ...mine, ...change } }, device);
  assert.notEqual(await put({}), null);
  assert.equal(await unwrapByPasskey({ ...one, recipient: other.recipient }, device), null);
  assert.equal(await put({ salt: toBase64(random(32)) }), null);
  assert.equal(await put({ nonce: theirs.nonce }), null);
  assert.equal(await put({ box: theirs.box }), null);
  assert.equal(await put({ box: mine.box.slice(4) }), null);
});

test("a key that two ways open is one key, and each way opens its own box alone", async () => {
  const device = passkey();
  const { wrapped, proof } = await makeKeys({ passphrase: PASSPHRASE, passkey: device }, WHOSE);
  const held = await unwrapByPasskey(wrapped, device);
  assert.deepEqual(held, await unwrap(wrapped, PASSPHRASE));
  assert.equal(JSON.stringify(wrapped).includes(toBase64(device.output)), false, "what it gave stays here");
  assert.equal(await unwrapByPasskey(wrapped, { ...device, output: random(32) }), null);
  assert.equal(await unwrapByPasskey(wrapped, { ...device, credential: random(48) }), null);
  const other = (await makeKeys({ passkey: device }, WHOSE)).wrapped;
  assert.equal(await unwrap(other, PASSPHRASE), null);
  assert.notDeepEqual(await unwrapByPasskey(other, device), held, "one passkey opens several keys");
  const exchanged = { ...wrapped, passkey: other.passkey! };
  assert.equal(await unwrapByPasskey(exchanged, device), null);

  const message = ownKeyMessage(WHOSE.desk, WHOSE.person, fromBase64(wrapped.recipient)!);
  assert.ok(ed25519.verify(fromBase64(proof)!, message, fromBase64(wrapped.signature)!));
});

test("five words are drawn anew each time, and what is short or repeats itself is weak", () => {
  const drawn = new Set(Array.from({ length: 50 }, drawPassphrase));
  assert.equal(drawn.size, 50);
  for (const words of drawn) {
    assert.equal(words.split(" ").length, 5);
    assert.equal(whyWeak(words), "");
  }
  for (const weak of ["", "password", "aaaaaaaaaaaaaaaaaaaa", "abababababababab", "thirteen sign"]) {
    assert.notEqual(whyWeak(weak), "");
  }
});
