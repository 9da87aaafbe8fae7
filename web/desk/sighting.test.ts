import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../speak/messages.ts";
import { withLine } from "../speak/offer.ts";
import type { Wishes } from "./conditions.ts";
import type { Around } from "./gate.ts";
import {
  againstWishes,
  judgeSighting,
  offeredIn,
  pounds,
  priceInWords,
  readSighting,
  seen,
  unfitPart,
  whyNone,
  writeSighting,
  type Sighting,
} from "./sighting.ts";
import { offerTold, ownWordsOf } from "./told.ts";

const holder = { ref: "h".repeat(16), name: "Health", kind: "health" };
const one: Sighting = {
  ...{ v: 1, sighting: "offer", product: "blue tablets", channel: "social", words: "blues 🔌", price: "20" },
  ...{ quantity: "ten", area: "Harbour", week: "2026-11-23", holder: holder.ref, not_before: null },
};
const report = (what: string, text: string, where = "Harbour/social"): Report => ({
  ...{ v: 1, kind: "report", desk: "braeside", number: 1, language: "" },
  answers: { what, where, when: "week", going_on: "" },
  text,
  conditions: { together: false, not_to: [], not_before: null },
  ...{ mailbox: null, photographs: [] },
});
const around: Around = {
  ...{ residents: [900], goes: "batch", together: 1, hours: 0, days: 0, whole: false, weeks: 1 },
  ...{ counted: true, areas: ["Harbour"] },
};
const wishes: Wishes = { together: false, notTo: [], notBefore: null, tooLate: null };

test("a sighting is written the same each time, and read as it was", () => {
  assert.deepEqual(readSighting(writeSighting(one)), one);
  for (const spoilt of [
    '{"v":1}',
    "no",
    writeSighting({ ...one, v: 2 as 1 }),
    writeSighting({ ...one, price: 20 as unknown as string }),
    JSON.stringify({ ...one, more: "" }),
    JSON.stringify({ ...one, not_before: 1 }),
  ])
    assert.equal(readSighting(spoilt), null, spoilt);
});

test("what a resident told on the page's lines stands in the fields, and nothing else does", () => {
  let text = withLine("", "product", "blue tablets");
  text = withLine(text, "words", "❄️ new in");
  text = withLine(text, "price", "£20.5 each");
  text = withLine(text, "rest", "Fridays.");
  const told = report("offer", text);
  assert.deepEqual(offeredIn(told), {
    ...{ area: "Harbour", channel: "social", product: "blue tablets", words: "❄ new in" },
    ...{ price: "20.50", quantity: "" },
  });
  assert.equal(ownWordsOf(told), "Fridays.");
  assert.deepEqual(offerTold(told)[0], ["What it is", "blue tablets"]);
  const other = report("selling", "blue\ntablets", "Harbour/stair");
  assert.deepEqual(offeredIn(other), { area: "Harbour", channel: "" });
  const named = report("offer", withLine("", "product", "vallies, snapchat weeotterzq"));
  assert.equal(offeredIn(named).product, "vallies, snapchat [handle]", "the resident's page knows fewer");
  assert.equal(ownWordsOf(other), "blue\ntablets");
  assert.deepEqual(offerTold(other), []);
});

test("a price is one number of pounds, or left to whoever reads it", () => {
  assert.deepEqual(["20", "£35", "3,5 quid", "10.50", "20-30", "", "ten"].map(pounds), [
    ...["20", "35", "3.50", "10.50", "", "", ""],
  ]);
});

test("a price in which no number is read is told in the resident's own words, without accounts", () => {
  const told = (price: string, what = "offer") => priceInWords(report(what, withLine("x", "price", price)));
  assert.equal(told("a pound fifty"), "a pound fifty");
  assert.equal(told("20-30"), "20-30");
  assert.equal(told("ask @wee.otter"), "ask [handle]");
  assert.deepEqual([told("£1.50"), told(""), told("a pound fifty", "selling")], ["", "", ""]);
});

test("how something is sold stays open at the desk where the resident did not say", () => {
  assert.equal(offeredIn(report("offer", "pills", "Harbour/")).channel, "");
});

test("an account, a number or a link stops a sighting, and whatever else the gate knows is looked at", () => {
  const found = (part: Partial<Sighting>) => judgeSighting({ ...one, ...part }, report("offer", ""), around);
  for (const quantity of ["", "ten", "two grams", "3.5 g", "an ounce"]) assert.deepEqual(found({ quantity }), []);
  for (const words of ["ask @wee.otter", "ring 07700 900123", "see www.example.org", "snapchat weeotterzq"])
    assert.ok(
      found({ words }).some(({ rule, needs }) => rule === "contact" && needs === "stop"),
      words,
    );
  const [kin] = found({ product: "tablets that my brother sells" });
  assert.equal(kin?.needs, "second person");
  assert.match(kin!.says, /^In what was offered\./);
  const alone = judgeSighting(one, report("offer", ""), { ...around, together: 0 });
  assert.equal(alone.length, 1, "once, and not for each text");
  assert.match(alone[0]!.says, /Say the whole town, or wait/);
});

test("a street, a house or a flat stops a sighting, and nothing is proposed in its place", () => {
  const found = (words: string, areas = ["Harbour"]) =>
    judgeSighting({ ...one, words }, report("offer", ""), { ...around, areas });
  for (const [words, place] of [
    ["blue tablets sold in Lintbrae Close", "Lintbrae Close"],
    ["22 Lintbrae Close", "22 Lintbrae Close"],
    ["sold in lintbrae close", "lintbrae close"],
    ["the shop on Old Mill Lane", "Old Mill Lane"],
    ["lintbrae road, evenings", "lintbrae road"],
    ["ask at Mill St", "Mill St"],
    ["flat 2/1", "flat 2/1"],
    ["Flat 3", "Flat 3"],
    ["second floor left", "second floor left"],
    ["go to number 22", "number 22"],
  ] as const) {
    const [place_, ...others] = found(words).filter(({ rule }) => rule === "place" || rule === "unit");
    assert.deepEqual([place_?.words, place_?.needs, place_?.coarser], [place, "stop", undefined], words);
    assert.match(place_!.says, /smaller than the area/);
    assert.deepEqual(others, [], words);
  }
  for (const words of [
    "wee street vallies",
    "sellin doon the road",
    "blues, street price",
    "2 for 1, 3 in a row",
    "blue square tablets",
    "door 2 door delivery",
    "number 1 quality",
    "no way, best by the way",
  ])
    assert.ok(found(words).every(({ rule }) => rule !== "place"), words);
  assert.deepEqual(found("sold in High Street", ["High Street"]), [], "an area may be named so");
  assert.ok(found("1/8").every(({ coarser }) => coarser === undefined), "a share of an ounce is no home");
});

test("what the gate says of a sighting speaks of no log", () => {
  const offered = { ...one, product: "blues from Mr Otterburn", words: "ring 07700 900123, kept by my brother" };
  const few = { ...around, together: 0, residents: [3] };
  const found = judgeSighting(offered, report("offer", "", "Harbour/stair"), few);
  assert.deepEqual(new Set(found.map(({ rule }) => rule)), new Set(["name", "contact", "first person", "kin", "band", "alone"]));
  for (const { says } of found) assert.doesNotMatch(says, /\blogs?\b/i);
});

test("Scots and the trade's own words are read in a sighting, and those of another language are not", () => {
  const unread = (part: Partial<Sighting>) =>
    judgeSighting({ ...one, words: "", ...part }, report("offer", ""), around)
      .filter(({ rule }) => rule === "unread")
      .map(({ words }) => words);
  for (const product of ["wee vallies", "jellies, ten for a tenner", "wee blue yins", "street vallies"])
    assert.deepEqual(unread({ product }), [], product);
  assert.deepEqual(unread({ words: "eccies an jellies, sellin doon the road" }), []);
  assert.deepEqual(unread({ product: "niebieskie tabletki" }), ["niebieskie tabletki"]);
  assert.deepEqual(unread({ product: "vallies", words: "sprzedam vallies tanio, wysyłka" }), [
    "sprzedam vallies tanio, wysyłka",
  ]);
});

test("the emoji of an offer lose what nobody sees, and other such signs are refused", () => {
  assert.equal(seen("❄️ 👨‍🔬"), "❄ 👨🔬");
  assert.equal(unfitPart({ ...one, words: seen("❄️") }), null);
  assert.equal(unfitPart({ ...one, words: "a\u202eb" }), "words");
  assert.equal(unfitPart({ ...one, product: "❄" }), "product");
});

test("no sighting is made where somebody must not see it, and none leaves before its day", () => {
  assert.equal(whyNone(wishes, holder), "");
  const police = { id: "police", name: "The police", listed: true };
  assert.match(whyNone({ ...wishes, notTo: [police] }, holder), /carries no condition/);
  const health = { id: "health", name: "Health", listed: true };
  assert.match(whyNone({ ...wishes, notTo: [health] }, holder), /Health must not see it/);
  assert.equal(againstWishes(one, { ...wishes, notTo: [police] }, holder)[0]?.needs, "stop");
  const later = { ...wishes, notBefore: "2026-12-20" };
  assert.equal(againstWishes(one, later, holder)[0]?.needs, "stop");
  assert.deepEqual(againstWishes({ ...one, not_before: "2026-12-20" }, later, holder), []);
  const late = { ...later, tooLate: "2027-06-01" };
  const [told] = againstWishes({ ...one, not_before: "2026-12-20" }, late, holder);
  assert.equal(told?.needs, "look");
  assert.match(told!.says, /1 June 2027\. 20 December 2026 is the last day/);
});
