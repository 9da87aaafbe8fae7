import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport, type Report } from "../speak/messages.ts";
import { published } from "../vectors.ts";
import { askedToFindOut, overlaps } from "./gate.ts";

const REPORT: Report = {
  ...readReport(new TextEncoder().encode(published()["report"]!["text"]))!,
  text: "There is a white van behind the old bakery each evening, and boys go to it one by one.",
};

const found = (text: string) => overlaps(text, REPORT).map((one) => one.words);

test("eight consecutive words in common are found, and seven are not", () => {
  const eight = "there is a white van behind the old";
  assert.deepEqual(found(`We hear: ${eight}!`), [eight]);
  assert.deepEqual(found("There is a white van behind the church"), []);
});

test("a run is found whole, however it is written, and each run once", () => {
  assert.deepEqual(found("EACH evening; and boys go to it, one by one. A van is behind the — old bakery"), [
    "each evening and boys go to it one by one",
  ]);
  assert.equal(overlaps(REPORT.text, REPORT).length, 1);
  assert.equal(overlaps(REPORT.text, REPORT)[0]!.needs, "second person");
});

test("answers of the report count as well as its text", () => {
  const answers = { ...REPORT.answers, where: "in the close beside the blue garage near the school gate" };
  const log = "It is beside the blue garage near the school gate.";
  assert.equal(overlaps(log, { ...REPORT, answers }).length, 1);
});

test("an answer that asks somebody to find out more is caught, and a kind one is not", () => {
  for (const tasking of [
    "Could you find out who he is?",
    "Please keep an eye on them.",
    "Let us know when it happens again.",
    "Take a photo of the van if it is safe.",
    "Can you see the number?",
    "Ask around a little.",
    "Tell us more about the flat.",
  ]) {
    assert.equal(askedToFindOut(tasking).length > 0, true, tasking);
  }
  for (const kind of ["Look after yourself.", "You need do nothing more.", "Come to our drop-in."]) {
    assert.deepEqual(askedToFindOut(kind), [], kind);
  }
});
