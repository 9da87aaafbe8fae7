import assert from "node:assert/strict";
import { test } from "node:test";
import { identityOf, recipientOf } from "./hybrid_keys.ts";
import { toBase64 } from "./bytes.ts";
import { sealed } from "./sending.ts";
import { openReport, roomLeft as bytesLeft, sealReport } from "./sealing.ts";
import { MOST_PHOTOGRAPHS } from "./messages.ts";
import { canWaitFor, dayIn, dayInWords, nothingTold, reportOf, roomLeft, TEXT_ROOM, type Telling } from "./telling.ts";

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
    tellLanguage: true,
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
    assert.ok(bytesLeft(reportOf(everything(text), "pl", mailbox)) >= 0, JSON.stringify(letter));
    assert.ok(roomLeft(text.repeat(2)) < 0);
  }
  assert.equal(roomLeft(""), TEXT_ROOM);
});

test("the language of the page is told to the desk only when she asks for it", () => {
  assert.equal(reportOf(nothingTold(), "pl", mailbox).language, "");
  assert.equal(reportOf({ ...nothingTold(), tellLanguage: true }, "pl", mailbox).language, "pl");
});

test("a day is told in words", () => {
  assert.equal(dayInWords("2026-12-20", "en").replace(",", ""), "Sunday 20 December 2026");
  assert.match(dayInWords("2026-12-20", "pl"), /^niedziela,? 20 grudnia 2026$/);
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

test("a desk is asked to wait from tomorrow to 60 days from now, and for no other day", () => {
  for (const day of ["", dayIn(1), dayIn(60)]) assert.equal(canWaitFor(day), true, day);
  for (const day of [dayIn(-1), dayIn(0), dayIn(61), "2199-12-31", "?", "9 May", "2026-02-30"])
    assert.equal(canWaitFor(day), false, day);
});

test("what was sealed is sent again as it is, until something changes", async () => {
  const identity = identityOf(new Uint8Array(32).fill(7));
  const telling: Telling = { ...nothingTold(), desk: "d", recipients: [await recipientOf(identity)] };
  for (const answer of [true, false]) {
    telling.answer = answer;
    const [first, meanwhile] = await Promise.all([sealed(telling, "en"), sealed(telling, "en")]);
    assert.deepEqual(meanwhile, first);
    assert.deepEqual(await sealed(telling, "en"), first);
    telling.text += "more";
    const other = await sealed(telling, "en");
    assert.notDeepEqual(other, first);
    // Desk, mailbox and lock stand before the envelope.
    assert.equal((await openReport(identity, other.slice(64)))?.text, telling.text);
  }
});

test("a fifth photograph is not sealed", async () => {
  const one = { bytes: new Uint8Array(9), type: "image/png", turned: 0 } as const;
  const five = [1, 2, 3, 4, 5].map(() => ({ ...one }));
  const recipients = [await recipientOf(identityOf(new Uint8Array(32).fill(7)))];
  const telling: Telling = { ...nothingTold(), recipients, photographs: five };
  await assert.rejects(sealed(telling, "en"), RangeError);
  five.pop();
  await sealed(telling, "en");
});
