import assert from "node:assert/strict";
import { test } from "node:test";
import { toBase64, toHex } from "./bytes.ts";
import {
  isDay,
  readAnswer,
  readReport,
  writeAnswer,
  writeReport,
  type Answer,
  type Report,
} from "./messages.ts";

const REPORT: Report = {
  v: 1,
  kind: "report",
  desk: "riverside",
  number: 2,
  language: "en",
  answers: { what: "a", where: "b", when: "c", going_on: "d" },
  text: "words",
  conditions: { together: true, not_to: ["housing"], not_before: "2026-12-01" },
  mailbox: { id: toHex(new Uint8Array(16)), recipient: toBase64(new Uint8Array(1216)) },
  photographs: [{ id: toHex(new Uint8Array(16)), seed: toBase64(new Uint8Array(32)), type: "image/png" }],
};
const ANSWER: Answer = {
  v: 1,
  kind: "answer",
  desk: "riverside",
  mailbox: toHex(new Uint8Array(16)),
  number: 1,
  template: "thank-you",
  text: "words",
};

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("what is written is read again, and every key stands in the order of the protocol", () => {
  for (const report of [REPORT, { ...REPORT, mailbox: null, photographs: [] }]) {
    assert.deepEqual(readReport(writeReport(report)), report);
    const turned = Object.fromEntries(Object.entries(report).reverse()) as unknown as Report;
    assert.deepEqual(writeReport(turned), writeReport(report));
    assert.match(
      new TextDecoder().decode(writeReport(turned)),
      /^\{"v":1,"kind":"report","desk":"riverside","number":2,/,
    );
  }
  assert.deepEqual(readAnswer(writeAnswer(ANSWER)), ANSWER);
});

test("nothing but what the protocol names is written, whatever else the page holds beside it", () => {
  const more = { ...REPORT, secret: "canary", mailbox: { ...REPORT.mailbox!, authenticator: "canary" } };
  assert.deepEqual(writeReport(more), writeReport(REPORT));
  assert.deepEqual(writeAnswer({ ...ANSWER, secret: "canary" } as Answer), writeAnswer(ANSWER));
});

test("halves of a character are written as text can hold them", () => {
  const report = { ...REPORT, text: "\ud83c" };
  assert.deepEqual(readReport(writeReport(report)), report);
});

// Each value of a message in turn left out, or replaced by one of another kind.
function* spoiled(whole: unknown): Generator<unknown> {
  if (typeof whole !== "object" || whole === null) return;
  const fields = whole as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    if (!Array.isArray(whole)) {
      const { [key]: _, ...rest } = fields;
      yield rest;
    }
    for (const other of [7.5, -1, true, [0], { a: 1 }, "\u0000", undefined]) {
      if (typeof other !== "string" || typeof fields[key] !== "string") yield withValue(whole, key, other);
    }
    for (const inner of spoiled(fields[key])) yield withValue(whole, key, inner);
  }
  if (!Array.isArray(whole)) yield { ...fields, more: 1 };
}

function withValue(whole: object, key: string, value: unknown): unknown {
  return Array.isArray(whole)
    ? whole.map((one, at) => (String(at) === key ? value : one))
    : { ...whole, [key]: value };
}

test("a message with anything left out, added or of another kind is none", () => {
  let tried = 0;
  for (const other of spoiled(REPORT)) {
    if (JSON.stringify(other) === JSON.stringify(REPORT)) continue;
    assert.equal(readReport(bytes(other)), null, JSON.stringify(other));
    tried += 1;
  }
  for (const other of spoiled(ANSWER)) assert.equal(readAnswer(bytes(other)), null, JSON.stringify(other));
  assert.ok(tried > 100, String(tried));
});

test("values of the right kind that mean nothing are refused", () => {
  const others: unknown[] = [
    { ...REPORT, v: 2 },
    { ...REPORT, kind: "answer" },
    { ...REPORT, number: 0 },
    { ...REPORT, conditions: { ...REPORT.conditions, not_before: "2026-02-30" } },
    { ...REPORT, conditions: { ...REPORT.conditions, not_before: "soon" } },
    { ...REPORT, mailbox: { ...REPORT.mailbox, id: "zz".repeat(16) } },
    { ...REPORT, mailbox: { ...REPORT.mailbox, recipient: toBase64(new Uint8Array(1215)) } },
    { ...REPORT, photographs: [{ ...REPORT.photographs[0], type: "image/svg+xml" }] },
    { ...REPORT, photographs: Array(5).fill(REPORT.photographs[0]) },
    { ...REPORT, photographs: [{ ...REPORT.photographs[0], seed: toBase64(new Uint8Array(31)) }] },
  ];
  for (const other of others) assert.equal(readReport(bytes(other)), null, JSON.stringify(other));
});

test("bytes that are no JSON, or no text, are no message", () => {
  for (const other of [[], [0xff], [...bytes("x"), 0], [0xef, 0xbb, 0xbf, ...writeReport(REPORT)]]) {
    assert.equal(readReport(new Uint8Array(other)), null);
  }
  // A byte that is no UTF-8, where otherwise all is right.
  const broken = writeReport(REPORT);
  broken[new TextDecoder().decode(broken).indexOf("words")] = 0xff;
  assert.equal(readReport(broken), null);
  for (const other of [null, [], 1, "text", true]) assert.equal(readAnswer(bytes(other)), null);
});

test("a day is one that there is", () => {
  for (const day of ["2026-11-28", "2028-02-29"]) assert.equal(isDay(day), true);
  for (const other of [
    "2027-02-29",
    "2026-13-01",
    "2026-1-1",
    "26-11-28",
    "2026-11-28T00:00",
    "",
    null,
    20261128,
  ]) {
    assert.equal(isDay(other), false, String(other));
  }
});
