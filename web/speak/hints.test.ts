import assert from "node:assert/strict";
import { test } from "node:test";
import { BANDS, bandOf, coarsen, hintsIn, type Band, type HintKind, type Known } from "./hints.ts";
import { ENGLISH } from "./words.ts";

const found = (text: string) =>
  hintsIn(text, ENGLISH).map(({ kind, start, end, coarser }) => [kind, text.slice(start, end), coarser]);

test("what may point to the writer is found, with a coarser wording where there is one", () => {
  const each: [string, HintKind, string, string | null][] = [
    ["They came to my flat twice.", "address", "my flat", "a home"],
    ["They came to flat 3/2.", "address", "flat 3/2", "a home"],
    ["It was at 12 High Street.", "address", "12 High Street", "High Street"],
    ["It was at 12b, Old Mill Lane.", "address", "12b, Old Mill Lane", "Old Mill Lane"],
    ["Go to AB12 3CD and look.", "address", "AB12 3CD", "AB12"],
    ["The man above me shouts.", "address", "above me", ""],
    ["It is my brother who sells.", "kin", "my brother", "someone"],
    ["My name is Jean Brown and I saw it.", "name", "My name is Jean Brown", ""],
    ["I’m called Jean.", "name", "I’m called Jean", ""],
    ["Call me on 07700 900 123.", "contact", "07700 900 123", ""],
    ["Write to jean@example.org please.", "contact", "jean@example.org", ""],
    ["The car came at 22:41 again.", "time", "at 22:41", "in the evening"],
    ["The car came around 9.15 pm again.", "time", "around 9.15 pm", "in the evening"],
    ["The car came at 02:10 again.", "time", "at 02:10", "at night"],
    ["The car came at 08:10 again.", "time", "at 08:10", "in the morning"],
    ["The car came at 14.30 again.", "time", "at 14.30", "in the afternoon"],
    ["The car came at 4:20 again.", "time", "at 4:20", ""],
    ["He said “keep your mouth shut” to me.", "quote", "“keep your mouth shut”", null],
    ['He said "keep your mouth shut" to me.', "quote", '"keep your mouth shut"', null],
    ["I was the only one there.", "only", "I was the only", ""],
    ["Nobody else saw it.", "only", "Nobody else saw", ""],
    ["There wis naebody there but me.", "only", "there but me", ""],
    ["I can see it fae ma ain windae.", "address", "ma ain windae", "a home"],
    ["Ma granny bides up that close.", "kin", "Ma granny", "someone"],
    ["I clean the stair on a Monday.", "routine", "I clean", ""],
  ];
  for (const [text, ...hint] of each) assert.deepEqual(found(text), [hint], text);
});

test("what points to nobody is left alone", () => {
  for (const text of [
    "",
    "A man sells to boys near the shops most evenings.",
    "It cost £10.50 a bag, then 12.50.",
    "He asked for 1,200 pounds and 20 more.",
    "I have seen 3 cars and 14 people since 2024.",
    "The mummy film, a brotherhood, a flatter road.",
    "It was 10.5 km from here.",
  ]) {
    assert.deepEqual(found(text), [], text);
  }
});

test("hints stand in the order of the text, and none within another", () => {
  const text =
    "At 22:41 my brother came to my flat at 12 High Street. He said “stay quiet now”. " +
    "I was the only one. My name is Jo.";
  const hints = hintsIn(text, ENGLISH);
  assert.deepEqual(
    hints.map(({ kind }) => kind),
    ["time", "kin", "address", "address", "quote", "only", "name"],
  );
  for (const [at, hint] of hints.entries()) {
    assert.ok(hint.start < hint.end && hint.end <= (hints[at + 1]?.start ?? text.length));
  }
});

test("taking each coarser wording ends, and leaves only what has none", () => {
  let text =
    "At 22:41 my brother came to my flat, 12 High Street, AB12 3CD. I was the only one. " +
    "My name is Jo. “Stay quiet now”";
  let steps = 0;
  for (; steps < 50; steps += 1) {
    const next = hintsIn(text, ENGLISH).find(({ coarser }) => coarser !== null);
    if (next === undefined) break;
    text = coarsen(text, next);
  }
  assert.ok(steps >= 6 && steps < 50);
  assert.deepEqual(
    hintsIn(text, ENGLISH).map(({ kind }) => kind),
    ["quote"],
  );
  for (const told of ["22:41", "brother", "flat", "12 High", "3CD", "only", "Jo"])
    assert.equal(text.includes(told), false, told);
});

test("taking something out leaves no gap and joins no words", () => {
  const take = (text: string) => coarsen(text, hintsIn(text, ENGLISH)[0]!);
  assert.equal(take("He lives above me now."), "He lives now.");
  assert.equal(take("He lives above me."), "He lives.");
  assert.equal(take("above me he shouts"), " he shouts");
});

test("a long and hostile text is looked through without getting stuck", () => {
  for (const piece of ["a ", "1 ", "12 a ", '"', "“a", "my name is ", "0 ", "a@", "@.", "my ", "12:3"]) {
    const hints = hintsIn(piece.repeat(12_000 / piece.length), ENGLISH);
    for (const [at, hint] of hints.entries())
      assert.ok(hint.start < hint.end && hint.end <= (hints[at + 1]?.start ?? 12_000));
  }
});

// Every combination of what can be told, each with all that says less.
const AREAS: number[][] = [[], [3], [12, 6], [45, 40], [612, 744, 580], [612, 744, 580, 801, 655]];
const NEAR = ["", "shops", "school", "park", "transport", "street", "stair", "home", "online"];
const KINDS: HintKind[] = ["address", "kin", "name", "contact", "time", "quote", "only", "routine"];
const OTHERS: (Band | null)[] = [null, ...BANDS];
const subsets = Array.from({ length: 1 << KINDS.length }, (_, mask) =>
  KINDS.filter((__, at) => (mask >> at) & 1),
);

function* grid(): Generator<Known> {
  for (const smallAreas of AREAS) {
    for (const near of NEAR)
      for (const kinds of subsets) for (const others of OTHERS) yield { smallAreas, near, kinds, others };
  }
}

const rank = (known: Known): number => BANDS.indexOf(bandOf(known));

test("saying less never lowers the band", () => {
  let compared = 0;
  for (const known of grid()) {
    const band = rank(known);
    const coarser: Known[] = [
      { ...known, smallAreas: [] },
      { ...known, smallAreas: known.smallAreas.length === 0 ? [] : [...known.smallAreas, 590] },
      { ...known, near: "" },
      { ...known, others: null },
      ...known.kinds.map((gone) => ({ ...known, kinds: known.kinds.filter((kind) => kind !== gone) })),
    ];
    for (const one of coarser) {
      assert.ok(rank(one) >= band, JSON.stringify([known, one]));
      compared += 1;
    }
  }
  assert.ok(compared > 100_000);
});

test("the band is never above what anything told allows", () => {
  const limits: Record<string, number> = { only: 4, name: 4, contact: 4, routine: 4, address: 4, kin: 4 };
  const bandOfCount = (count: number): number => (count < 5 ? 0 : count <= 20 ? 1 : count <= 100 ? 2 : 3);
  for (const known of grid()) {
    const residents = known.smallAreas.reduce((sum, one) => sum + one, 0);
    if (known.smallAreas.length > 0) assert.ok(rank(known) <= bandOfCount(residents));
    if (known.others !== null) assert.ok(rank(known) <= BANDS.indexOf(known.others));
    for (const kind of known.kinds) assert.ok(rank(known) <= bandOfCount(limits[kind] ?? Infinity));
  }
  assert.equal(bandOf({ smallAreas: [], near: "", kinds: [], others: null }), "more");
  assert.equal(
    bandOf({ smallAreas: [612, 744], near: "shops", kinds: ["time", "quote"], others: null }),
    "more",
  );
  assert.equal(bandOf({ smallAreas: [612], near: "stair", kinds: [], others: null }), "few");
  assert.equal(bandOf({ smallAreas: [612], near: "street", kinds: [], others: null }), "some");
});
