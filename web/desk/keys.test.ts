import assert from "node:assert/strict";
import { test } from "node:test";
import { openReport, sealReport } from "../speak/sealing.ts";
import { readReport } from "../speak/messages.ts";
import { fromBase64, toBase64 } from "../speak/bytes.ts";
import { published } from "../vectors.ts";
import { drawPassphrase, makeKeys, unwrap, whyWeak } from "./keys.ts";

const PASSPHRASE = "abacus zoom yodel wreath violin";

test("a key opens under its passphrase, however a phone spells it, and under no other", async () => {
  const wrapped = await makeKeys(PASSPHRASE);
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
  const [one, other] = [await makeKeys(PASSPHRASE), await makeKeys(PASSPHRASE)];
  assert.equal(await unwrap({ ...one, recipient: other.recipient }, PASSPHRASE), null);
  assert.equal(await unwrap({ ...one, salt: other.salt }, PASSPHRASE), null);
  assert.equal(await unwrap({ ...one, box: other.box }, PASSPHRASE), null);
  assert.equal(await unwrap({ ...one, box: one.box.slice(4) }, PASSPHRASE), null);
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
