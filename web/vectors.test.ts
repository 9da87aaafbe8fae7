import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fromBase64, numberFrom, toHex } from "./speak/bytes.ts";
import { keysOf } from "./speak/mailbox_keys.ts";
import { readManifest } from "./speak/manifest.ts";
import { checkProof } from "./speak/proof.ts";
import { readReceipt, Secret } from "./speak/receipt.ts";
import { openAnswer, openReport, packAnswer } from "./speak/sealing.ts";
import { published, vectors } from "./vectors.ts";

const kept = published();
const elsewhere = JSON.parse(
  readFileSync(new URL("../tests/site/speak/sealed_elsewhere.json", import.meta.url), "utf8"),
);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

test("the published vectors are what these modules make, and what is sealed in them opens", async () => {
  assert.deepEqual(JSON.parse(JSON.stringify(await vectors(kept))), kept);
});

test("each receipt is read from its words and from its digits", () => {
  for (const { secret, words, digits } of Object.values(kept["receipt"]!) as unknown as Record<
    string,
    string
  >[]) {
    for (const typed of [words!, digits!])
      assert.equal(toHex(Secret.bytesOf(readReceipt(typed).secret!)), secret);
  }
});

test("the proof holds, and the manifest is signed", async () => {
  const { challenge, difficulty, proof } = kept["proof"]!;
  assert.equal(await checkProof(bytes(challenge!), Number(difficulty), bytes(proof!)), true);
  assert.equal(
    readManifest(new TextEncoder().encode(kept["manifest"]!["manifest"]), "2026-11-28").fault,
    undefined,
  );
});

test("what another program sealed opens here", async () => {
  const { identity, text } = kept["report"]!;
  assert.deepEqual(await openReport(identity!, fromBase64(elsewhere.report, 22_714)!), JSON.parse(text!));

  const answer = kept["answer"]!;
  const keys = keysOf(new Secret(numberFrom(bytes(answer["secret"]!))));
  const expected = {
    desk: "riverside",
    mailbox: toHex(keys.id),
    signatures: [fromBase64(answer["signature"], 32)!],
  };
  const packed = packAnswer(fromBase64(elsewhere.answer, 5755)!)!;
  assert.deepEqual(await openAnswer(keys.identity, packed, expected), JSON.parse(answer["text"]!));
});
