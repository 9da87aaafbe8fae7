import assert from "node:assert/strict";
import { test } from "node:test";
import { isPlain, named } from "./signs.ts";
import { languageTold } from "./told.ts";
import { identityOf, recipientOf } from "../speak/hybrid_keys.ts";
import { openReport } from "../speak/sealing.ts";
import { commitment, drawSalt, openDraft, readContent, sealDraft, unfit, writeContent } from "./log.ts";
import type { LogContent } from "./log.ts";

const LOG: LogContent = {
  ...{ v: 1, kind: "selling", area: "Harbour", week: "2026-11-23", weeks: 1, text: "Vans — at night" },
  ...{ source: "2", information: "C", handling: "P", conditions: "", partners: ["a"], not_before: null },
  at_once: false,
};

test("a log reads back as it was written, and nothing else reads as one", () => {
  assert.deepEqual(readContent(writeContent(LOG)), LOG);
  for (const other of ["", "[]", "{}", writeContent({ ...LOG, v: 2 } as unknown as LogContent)]) {
    assert.equal(readContent(other), null);
  }
  assert.equal(readContent(JSON.stringify({ ...LOG, resident: "somebody" })), null);
});

/** A tag, a space of no width, joiners, marks of direction, a soft hyphen, fillers, variants, lines, five marks. */
const UNSEEN = [
  ..."\u{e0041} \u200b \u200c \u200d \u2060 \u200e \u200f \u061c \u00ad \u115f \u3164 \ufe0f \u{e0100}".split(" "),
  ..."\u2028 \u2029 \ufeff \u2800 \ue000 \ufdd0 \u0378 \u0301\u0301\u0301\u0301\u0301".split(" "),
];

test("what no page can show is told before it is sealed, in text and conditions", () => {
  const whole = "One line,\r\n\tand \u{1f6d1} one more: قالوا.";
  assert.equal(unfit({ ...LOG, text: whole, conditions: whole }), null);
  for (const sign of ["\ud800", "\udfff", "\0", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", ...UNSEEN]) {
    assert.equal(unfit({ ...LOG, text: `a${sign}b` }), "text");
    assert.equal(unfit({ ...LOG, conditions: `a${sign}b` }), "conditions");
  }
  assert.equal(unfit({ ...LOG, text: "!!! 12" }), "text");
  assert.equal(unfit({ ...LOG, conditions: "?" }), "conditions");
});

test("a commitment is to salt and words, and known elsewhere too", () => {
  // printf '\x00…\x00abc' | sha256sum, with sixteen zero bytes before the letters.
  assert.equal(
    commitment("0".repeat(32), "abc"),
    "277e7ff6d232b9763f4a66e8d05d210da32dac9c6dbce1026ad4cc98acb5fefe",
  );
  assert.notEqual(commitment(drawSalt(), "abc"), commitment(drawSalt(), "abc"));
});

test("a draft opens for each worker it was sealed to, for nobody else, and never as a report", async () => {
  const [one, other, third] = [1, 2, 3].map((byte) => identityOf(new Uint8Array(32).fill(byte)));
  const salt = drawSalt();
  const draft = {
    ...{ v: 1 as const, kind: "draft" as const, salt, content: writeContent(LOG) },
    ...{ source_reason: "", gain: "nobody", report: "0".repeat(32) },
  };
  const sealed = await sealDraft(draft, [await recipientOf(one!), await recipientOf(other!)]);
  assert.equal(sealed.length, 22_714);
  assert.deepEqual(await openDraft(one!, sealed), draft);
  assert.deepEqual(await openDraft(other!, sealed), draft);
  assert.equal(await openDraft(third!, sealed), null);
  assert.equal(await openReport(one!, sealed), null);
});

test("signs in a report that nobody sees, or that turn the writing round, are named and do nothing", () => {
  const told = "He sells to \u202ekcab\u202c and mo\u200bther\u{e0041}.\n\tNext line.";
  const shown = named(told);
  assert.ok(isPlain(shown));
  assert.match(shown, /to \[U\+202E, a sign that turns the writing round\]kcab\[U\+202C, /);
  assert.match(shown, /mo\[U\+200B, a sign that nobody sees\]ther\[U\+E0041, /);
  assert.ok(shown.endsWith(".\n\tNext line."));
  for (const whole of ["Caf\u00e9 \u2013 \u0645\u06cc\u200c\u0634\u0648\u062f", "\u2764\ufe0f", "\u{1f469}\u200d\u{1f33e}"])
    assert.equal(named(whole), whole, "what scripts and pictures are written with stays");
  assert.notEqual(named("mo\u200dther"), "mo\u200dther");
});

test("the language of a report is told by its name", () => {
  assert.deepEqual(["en", "pl", "gd", "", "no language"].map(languageTold), ["English", "Polish", "Scottish Gaelic", "", "no language"]);
});
