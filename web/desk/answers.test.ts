import assert from "node:assert/strict";
import { test } from "node:test";
import { identityOf, recipientOf } from "../speak/hybrid_keys.ts";
import type { Report } from "../speak/messages.ts";
import { openReport } from "../speak/sealing.ts";
import { unfit, whyAnew } from "./answer_form.ts";
import { judgeAnswer } from "./answer_gate.ts";
import { openAnswerDraft, sealAnswerDraft } from "./answers.ts";
import { openDraft } from "./log.ts";

const REPORT: Report = {
  ...{ v: 1, kind: "report", desk: "braeside", number: 1, language: "en", mailbox: null, photographs: [] },
  answers: { what: "selling", where: "Harbour/stair", when: "week", going_on: "yes" },
  text: "My brother darren keeps quinquireme in the basement at Barra Court. I am scared of him.",
  conditions: { together: false, not_to: ["police"], not_before: null },
};
const READY = ["Thank you. Two of us have read what you told us. Call 999 if somebody is scared, or 0800 555 111."];

function rules(own: string): string[] {
  return judgeAnswer(own, REPORT, ["Harbour Homes (North-East)", "Harbour Homes"], READY).map(({ rule }) => rule);
}

test("who named nobody is not told that it is kept from those they named", () => {
  const where_named = { "passed-on": false, "passed-on-kept-from": true };
  const police = { id: "police", name: "The police", listed: true };
  assert.deepEqual(unfit({ where_named }, { notTo: [] }), ["passed-on-kept-from"]);
  assert.deepEqual(unfit({ where_named }, { notTo: [police] }), ["passed-on"]);
});

test("own words that tell what was written, or who knows, are found", () => {
  for (const [own, rule] of [
    ["We have spoken with Darren.", "name"],
    ["We have spoken with darren.", "name"],
    ["We worry about your brother.", "kin"],
    ["Nobody has looked in the basement.", "overlap"],
    ["It is true that he is in the basement at Barra these days.", "overlap"],
    ["Quinquirèmes come and go, and so does a QUINQUIREME.", "overlap"],
    ["The police know of it.", "body"],
    ["Officers know of it.", "body"],
    ["The polis were telt.", "body"],
    ["harbour homes knows of it.", "body"],
    ["It is about flat 2/1.", "unit"],
    ["Tell us when he is out.", "tasking"],
    ["Two basements are known.", "overlap"],
    ["It was in the paper: a raid.", "body"],
    ["He wis liftit.", "body"],
    ["The bizzies ken.", "body"],
    ["PF has it.", "body"],
    ["The boys in blue have it.", "body"],
    ["The pol\u0456ce know.", "body"],
    ["The po\u200blice know.", "signs"],
    ["12 !", "signs"],
  ] as const)
    assert.ok(rules(own).includes(rule), `${rule} in: ${own}`);
});

test("own words that the gate cannot read are said to be unread", () => {
  assert.ok(rules("Prosz\u0119 obserwowa\u0107 ich i napisa\u0107, kto przychodzi").includes("unread"));
  assert.ok(rules("Thank you. \u0414\u044f\u043a\u0443\u0454\u043c\u043e.").includes("unread"));
});

const TELLS_NOTHING = ["Nothing more is needed from you.", "Help is there on 0800 555 111.", ""];

test("what a desk may well say passes, also with words that stand ready", () => {
  for (const own of ["Look after yourself.", "We were glad of your letter.", "We told nobody.", "It is right to be scared.", ...TELLS_NOTHING])
    assert.deepEqual(rules(own), [], own);
});

test("own words that ask for more, or hold what nobody sees, are written anew", () => {
  const anew = (own: string) => whyAnew(judgeAnswer(own, REPORT, [], READY));
  assert.match(anew("Tell us who he is."), /ask somebody to find out more/);
  assert.match(anew("Look after yourself.\u{e004d}"), /Signs that nobody sees/);
  assert.equal(anew("The police know."), "");
});

test("the draft of an answer opens for each worker it was sealed to, and as nothing else", async () => {
  const [one, other, third] = [1, 2, 3].map((byte) => identityOf(new Uint8Array(32).fill(byte)));
  const draft = {
    ...{ v: 1 as const, kind: "answer draft" as const, report: "0".repeat(32) },
    ...{ template: "read", own: "Look after yourself." },
  };
  const sealed = await sealAnswerDraft(draft, [await recipientOf(one!), await recipientOf(other!)]);
  assert.equal(sealed.length, 22_714, "as long as a report, whatever stands in it");
  assert.deepEqual(await openAnswerDraft(one!, sealed), draft);
  assert.deepEqual(await openAnswerDraft(other!, sealed), draft);
  assert.equal(await openAnswerDraft(third!, sealed), null);
  assert.equal(await openReport(one!, sealed), null);
  assert.equal(await openDraft(one!, sealed), null);
});
