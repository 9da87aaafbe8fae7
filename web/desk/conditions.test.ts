import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport, type Report } from "../speak/messages.ts";
import { published } from "../vectors.ts";
import { against, carried, refuses, wishesOf, wishesTold, type Choices } from "./conditions.ts";
import { aroundOf, crowd, isStopped } from "./gate_list.ts";
import type { LogContent } from "./log.ts";

const CHOICES: Choices = {
  partners: [
    { ref: "p", name: "Police Scotland", kind: "police" },
    { ref: "h", name: "Harbour Homes", kind: "housing" },
    { ref: "c", name: "The Council", kind: "council" },
  ],
  named: [
    { id: "police", name: "The police" },
    { id: "homes", name: "Harbour Homes" },
  ],
  today: "2026-11-28",
  latest: "2027-01-28",
};

const LOG: LogContent = {
  ...{ v: 1, kind: "selling", area: "Harbour", week: "2026-11-23", weeks: 1, text: "Vans at night" },
  ...{ source: "2", information: "C", handling: "P", conditions: "", partners: ["c"], not_before: null },
  at_once: false,
};

function asked(conditions: Partial<Report["conditions"]>) {
  const report = readReport(new TextEncoder().encode(published()["report"]!["text"]))!;
  const none = { together: false, not_to: [], not_before: null };
  return wishesOf({ ...report, conditions: { ...none, ...conditions } }, CHOICES);
}

const found = (log: Partial<LogContent>, conditions: Partial<Report["conditions"]>) =>
  against({ ...LOG, ...log }, asked(conditions), CHOICES).map((one) => [one.rule, one.words, one.needs]);

test("every wish stands on the page, also where there is none", () => {
  const told = wishesTold(asked({ together: true, not_to: ["police", "x"], not_before: "2026-12-24" }));
  assert.deepEqual(told, [
    ["Two open it together", "yes"],
    ["Must not see it", "The police, x"],
    ["Do nothing before", "24 December 2026"],
  ]);
  assert.deepEqual(
    wishesTold(asked({})).map(([, says]) => says),
    ["not asked for", "nobody was named", "no day was named"],
  );
});

test("a log that heeds every wish goes on", () => {
  const wishes = { together: true, not_to: ["police", "homes"], not_before: "2026-12-24" };
  const conditions =
    "Not to be passed on to The police or Harbour Homes. Nothing is to be done before 2026-12-24.";
  assert.equal(carried(asked(wishes)).offered.join(" "), conditions);
  assert.deepEqual(found({ conditions, not_before: "2026-12-24" }, wishes), []);
  const more = `${conditions.replace(" or ", "\n or  ")} More.`;
  assert.deepEqual(found({ conditions: more, not_before: "2027-01-02" }, wishes), [
    ["conditions", "More.", "second person"],
  ]);
});

test("what stands beside a refusal and takes it back is for a second person, and never goes at once", () => {
  const back = "The police may see it all the same.";
  for (const not_to of [["police"], ["x"]]) {
    const conditions = [...carried(asked({ not_to })).offered, back].join(" ");
    const all = against({ ...LOG, conditions }, asked({ not_to }), CHOICES);
    const beside = all.filter(({ rule }) => rule === "conditions");
    assert.deepEqual(
      beside.map(({ words, needs }) => [words, needs]),
      [[back, "second person"]],
    );
    assert.ok(!isStopped(beside));
    assert.ok(isStopped(beside, true));
  }
  assert.deepEqual(found({ conditions: "Show nobody else." }, {}), [], "and an honest one is free to stand");
});

test("what goes to a partner who was refused, by kind or by name, is stopped", () => {
  const conditions = "Not to be passed on to The police.";
  assert.deepEqual(found({ conditions, partners: ["c", "p"] }, { not_to: ["police"] }), [
    ["not to", "Police Scotland", "stop"],
  ]);
  const council = found({ partners: ["c"] }, { not_to: [" the council "] });
  assert.deepEqual(council, [["not to", "The Council", "stop"]]);
  assert.ok(refuses(asked({ not_to: ["homes"] }), CHOICES.partners[1]!));
  assert.ok(!refuses(asked({ not_to: ["homes"] }), CHOICES.partners[0]!));
});

test("what leaves before the day, or leaves a condition out, is stopped", () => {
  const conditions = "Nothing is to be done before 2026-12-24.";
  for (const not_before of [null, "2026-12-23"]) {
    assert.deepEqual(found({ conditions, not_before }, { not_before: "2026-12-24" }), [
      ["not before", not_before === null ? "" : "23 December 2026", "stop"],
    ]);
  }
  assert.deepEqual(found({ not_before: "2026-12-24" }, { not_before: "2026-12-24" }), [
    ["conditions", conditions, "stop"],
  ]);
  assert.ok(isStopped(against(LOG, asked({ not_to: ["police"] }), CHOICES)));
  assert.ok(!isStopped(against(LOG, asked({ not_to: ["x"] }), CHOICES)));
});

test("a wish that is turned round, or stands within another sentence, is not carried", () => {
  const wishes = { not_to: ["police"], not_before: "2026-12-24" };
  const [first, second] = ["Not to be passed on to The police.", "Nothing is to be done before 2026-12-24."];
  for (const turned of [`It is no longer so that ${first}`, `Wrong: ${first}`, first.replace(".", ", or it is.")]) {
    const all = found({ conditions: `${second} ${turned}`, not_before: "2026-12-24" }, wishes);
    const stops = all.filter(([, , needs]) => needs === "stop");
    assert.deepEqual(stops, [["conditions", first, "stop"]], turned);
  }
  const conditions = `${first} ${second}\nThat no longer counts: ${first}`;
  assert.deepEqual(found({ conditions, not_before: "2026-12-24" }, wishes), [
    ["conditions", `That no longer counts: ${first}`, "second person"],
  ]);
});

test("a partner who is not listed is to be looked at, and so is a day later than there can be", () => {
  assert.deepEqual(found({}, { not_to: ["fire"] }), [["not to", "fire", "look"]]);
  const late = asked({ not_before: "2999-01-01" });
  assert.deepEqual([late.notBefore, late.tooLate], [CHOICES.latest, "2999-01-01"]);
  assert.match(wishesTold(late)[2]![1], /^28 January 2027 \(1 January 2999 was asked for/);
  const conditions = "Nothing is to be done before 2027-01-28.";
  assert.deepEqual(found({ conditions, not_before: CHOICES.latest }, { not_before: "2999-01-01" }), [
    ["not before", "1 January 2999", "look"],
  ]);
});

test("a life at risk goes before the day, and that is to be looked at", () => {
  const conditions = "Nothing is to be done before 2026-12-24.";
  const log = { conditions, not_before: "2026-12-24", at_once: true };
  assert.deepEqual(found(log, { not_before: "2026-12-24" }), [["not before", "24 December 2026", "look"]]);
  assert.deepEqual(found({ ...log, not_before: "2026-11-28" }, {}), [], "the day has come");
});

test("a name of the resident's own is offered when it is short, and never asked for", () => {
  assert.deepEqual(carried(asked({ not_to: ["fire", "x".repeat(61)] })), {
    needed: [],
    offered: ["Not to be passed on to fire."],
  });
});

test("only a log that goes in the next batch has company of those that wait", () => {
  const told = { today: CHOICES.today, together: 1, areas: { Harbour: [612] }, nearby: {} };
  const says = (other: Partial<LogContent>) => {
    const log = { ...LOG, ...other };
    return crowd(aroundOf(told, log), log);
  };
  assert.match(says({}), /^Of what waits on this site, 1 could go out with it\. Of Harbour, 0 went/);
  assert.match(says({}), /Those from this same report, if any, hide nothing\./);
  assert.doesNotMatch(says({ at_once: true }), /this same report/);
  assert.match(says({ not_before: CHOICES.today }), /1 could/);
  assert.match(says({ not_before: "2026-11-29" }), /^It waits for a day of its own, and nobody can tell/);
  assert.match(says({ at_once: true }), /^It goes out at once and by itself/);
  assert.equal(aroundOf(told, { ...LOG, not_before: "2026-11-29" }).together, 0);
});
