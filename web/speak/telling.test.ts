import assert from "node:assert/strict";
import { test } from "node:test";
import { identityOf, recipientOf } from "./hybrid_keys.ts";
import { toBase64 } from "./bytes.ts";
import { openReport, roomLeft as bytesLeft, sealReport } from "./sealing.ts";
import { MOST_PHOTOGRAPHS } from "./messages.ts";
import { nothingTold, reportOf, roomLeft, TEXT_ROOM, type Telling } from "./telling.ts";

const mailbox = { id: "0".repeat(32), recipient: toBase64(new Uint8Array(1216)) };

/** As much as can be told beside the text. */
function everything(text: string): Telling {
  return {
    ...nothingTold(),
    desk: "d".repeat(64),
    what: "threat",
    area: "A long name of an area ".repeat(4),
    near: "transport",
    when: "unsaid",
    goingOn: "unsure",
    text,
    together: true,
    notTo: new Set(Array.from({ length: 12 }, (_, at) => `partner-with-a-long-name-${at}`)),
    notBefore: "2026-12-24",
    photographs: Array.from({ length: MOST_PHOTOGRAPHS }, () => ({
      bytes: new Uint8Array(1),
      type: "image/jpeg" as const,
      turned: 0 as const,
      sealed: { id: new Uint8Array(16), seed: new Uint8Array(32), sealed: new Uint8Array(0) },
    })),
  };
}

test("a text for which there is room fits, whatever else is told", () => {
  for (const letter of ["a", "ب", "ł", "\n", '"', "\u0001", "😀"]) {
    let text = letter.repeat(100);
    while (roomLeft(text + letter.repeat(100)) >= 0) text += letter.repeat(100);
    assert.ok(bytesLeft(reportOf(everything(text), "en", mailbox)) >= 0, JSON.stringify(letter));
    assert.ok(roomLeft(text.repeat(2)) < 0);
  }
  assert.equal(roomLeft(""), TEXT_ROOM);
});

test("what was chosen is what the desk reads", async () => {
  const telling = everything("She said: “no”.");
  const identity = identityOf(new Uint8Array(32).fill(7));
  const report = reportOf(telling, "pl", mailbox);
  const opened = await openReport(identity, await sealReport(report, [await recipientOf(identity)]));
  assert.deepEqual(opened, report);
  assert.deepEqual(opened?.answers, {
    what: "threat",
    where: `${telling.area}/transport`,
    when: "unsaid",
    going_on: "unsure",
  });
  assert.equal(opened?.photographs.length, MOST_PHOTOGRAPHS);
  assert.deepEqual(reportOf(nothingTold(), "en", null).conditions, {
    together: false,
    not_to: [],
    not_before: null,
  });
});
