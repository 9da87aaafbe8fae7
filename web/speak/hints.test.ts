import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BANDS, bandOf, coarsen, hintsIn, whyFew, type Band, type HintKind, type Known } from "./hints.ts";
import { ENGLISH, type Words } from "./words.ts";

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
    ["I can see it fae ma ain windae.", "address", "fae ma ain windae", ""],
    ["Ma granny bides up that close.", "kin", "Ma granny", "someone"],
    ["I clean the stair on a Monday.", "routine", "I clean", ""],
    ["I'm her neighbour and hear it all.", "address", "I'm her neighbour", ""],
    ["As a close neighbour, it worries me.", "address", "As a close neighbour", ""],
    ["Our next-door neebour kens it.", "address", "Our next-door neebour", ""],
    ["It comes through from above us.", "address", "above us", ""],
    ["It was my maw they shouted at.", "kin", "my maw", "someone"],
    ["Oor wean came hame wi a phone.", "kin", "Oor wean", "someone"],
    ["Ma wee brother kens them.", "kin", "Ma wee brother", "someone"],
    ["It's ma bidie-in that pays.", "kin", "ma bidie-in", "someone"],
    ["My stepsister's boy sells.", "kin", "My stepsister", "someone"],
    ["My older grannies know them.", "kin", "My older grannies", "someone"],
    ["I'm his auntie, so I worry.", "kin", "I'm his auntie", "I know them"],
    ["As her late father's pal I know.", "kin", "As her late father", "someone"],
    ["It is Mr Singh who pays.", "name", "Mr Singh", "someone"],
    ["It is Mrs. McKay Brown who pays.", "name", "Mrs. McKay Brown", "someone"],
    ["Yours, Jean", "name", "Yours, Jean", ""],
    ["He is @big_davie.98 there.", "contact", "@big_davie.98", ""],
    ["The car is sf21 kxp, a Golf.", "contact", "sf21 kxp", ""],
    ["A van, P314 WRT, waits.", "contact", "P314 WRT", ""],
    ["He came on Tuesday 14th again.", "time", "on Tuesday 14th", "one day"],
    ["He came on the 3rd again.", "time", "on the 3rd", "one day"],
    ["He came Sat, the 1st of Nov 2026.", "time", "the 1st of Nov", "one day"],
    ["He came 14 November again.", "time", "14 November", "one day"],
    ["He came on May 7th again.", "time", "on May 7th", "one day"],
    ["He came on 14/11/26 again.", "time", "on 14/11/26", "one day"],
    ["She told me so herself.", "only", "told me so herself", ""],
    ["He telt me himsel at the bus.", "only", "telt me himsel", ""],
    ["They told us, nobody else.", "only", "nobody else", ""],
    ["Nae wan saw it, naebody but me.", "only", "naebody but me", ""],
    ["My brother Tam sells.", "kin", "My brother Tam", "someone"],
    ["My brother, Tam Reid, sells.", "kin", "My brother, Tam Reid", "someone"],
    ["My cousin who is called tam sells.", "kin", "My cousin who is called tam", "someone"],
    ["My sons Jamie and Łukasz sell.", "kin", "My sons Jamie and Łukasz", "someone"],
    ["Ah'm his da and I ken.", "kin", "Ah'm his da", "I know them"],
    ["They took our Jamie there.", "kin", "our Jamie", "someone"],
    ["They come at half past ten.", "time", "at half past ten", ""],
    ["They come about quarter to nine.", "time", "about quarter to nine", ""],
    ["They came 10pm on Friday.", "time", "10pm", "in the evening"],
    ["They come by nine o’clock.", "time", "by nine o’clock", ""],
    ["They come at twenty past 4.", "time", "at twenty past 4", ""],
    ["He said 'don't tell anybody' to me.", "quote", "'don't tell anybody'", null],
    ["He said ‘keep your mouth shut’ to me.", "quote", "‘keep your mouth shut’", null],
    ["Ask me, my insta is big_davie98 now.", "contact", "my insta is big_davie98", ""],
    ["Ma snap: jo.x and ask.", "contact", "Ma snap: jo.x", ""],
    ["Ask snap bluelad9 there.", "contact", "snap bluelad9", ""],
    ["He sells as telegram kirkmenu now.", "contact", "telegram kirkmenu", ""],
    ["They are second floor left.", "address", "second floor left", "a home"],
    ["It is in number twelve.", "address", "number twelve", "a home"],
    ["The folk up the stair fae me shout.", "address", "up the stair fae me", ""],
    ["I'm the janitor and saw it.", "routine", "I'm the janitor", "I know them"],
    ["As her social worker I saw it.", "routine", "As her social worker", "someone"],
    ["I’m the only Polish woman on the stair.", "only", "I’m the only Polish woman on the stair", ""],
    ["It is the only house with lights on the stair.", "only", "the only house with lights on the stair", ""],
    ["My brother saw it.", "kin", "My brother", "someone"],
    ["Someone saw it from my flat.", "address", "from my flat", ""],
    ["Someone saw it out of flat 3/2 here.", "address", "out of flat 3/2", ""],
    ["i am 14 and he picks us up.", "routine", "i am 14", ""],
    ["im 15.", "routine", "im 15", ""],
    ["I’m fourteen years old and know it.", "routine", "I’m fourteen years old", ""],
    ["I am in S3 and see him.", "routine", "I am in S3", ""],
    ["They ask boys in primary 6 to carry.", "routine", "primary 6", ""],
    ["he picks us up after school.", "routine", "after school", ""],
    ["It goes round in my class.", "routine", "in my class", ""],
    ["A boy from my school carries it.", "routine", "from my school", ""],
    ["My teacher knows of it.", "routine", "My teacher", "someone"],
    ["My pal at school has a new phone.", "routine", "My pal at school", "someone"],
    ["Nan Duffy told me he sells.", "quote", "Nan Duffy told me", ""],
    ["My pal told me that he sells.", "quote", "My pal told me that", ""],
    ["He sells. I heard it from Nan Duffy.", "quote", "I heard it from Nan Duffy", ""],
    ["That is all. Cheers, Morag", "name", "Cheers, Morag", ""],
    ["That is all.\nThanks - Morag B.", "name", "Thanks - Morag B.", ""],
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
    "They came in the week of 9 November, and since May.",
    "On the 2nd floor they meet at 10 or 11 most Fridays.",
    "Of the 14 may be three who carry, and we sat 5 hours.",
    "I miss Saturdays. The doctor knows. They are at the M8 and the A92 now.",
    "His maw and her auntie are worried, and so are the neighbours.",
    "They pay 20 pounds @ the shop, two for 10/12.",
    "He told me they would come, and somebody else did.",
    "The lads' car stood by the dealers' close, 'til they were goin' home.",
    "He wis gaun hame an' the boys' van wis there, 'cause they're sellin'.",
    "A man in Dr Martens waits by a Mr Whippy van. Thanks to them it is loud.",
    "I am 5 minutes away, and I’m 10 doors down. They are 14, and near the school.",
    "Somebody told me they sell by the school. They told us so.",
    "They sell on Snapchat most evenings, and a Telegram group tells when.",
    "Five to ten people come, half of ten flats, and it is the only park in the town.",
  ]) {
    assert.deepEqual(found(text), [], text);
  }
});

test("each language has cues of its own", () => {
  const of = (code: string, text: string) => {
    const words = JSON.parse(readFileSync(new URL(`languages/${code}.json`, import.meta.url), "utf8")) as Words;
    return hintsIn(text, words).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
  };
  assert.deepEqual(of("pl", "Mój brat tam był 14 listopada. Jestem jej sąsiadką. To pan Nowak, tylko ja wiem."), [
    ["kin", "Mój brat"],
    ["time", "14 listopada"],
    ["address", "Jestem jej sąsiadką"],
    ["name", "pan Nowak"],
    ["only", "tylko ja"],
  ]);
  assert.deepEqual(of("ar", "رأيت أخي مع السيد سينغ يوم الثلاثاء 14 نوفمبر. أنا جارها وكنت وحدي."), [
    ["kin", "أخي"],
    ["name", "السيد سينغ"],
    ["time", "يوم الثلاثاء 14 نوفمبر"],
    ["address", "أنا جارها"],
  ]);
  assert.deepEqual(of("ar", "يبيعون في الشقة رقم ٥، رقم البيت ٢٢، بالطابق الثاني. سناب: bluelad9 أو تلغرام kirkmenu أو ٠٧٧٠٠٩٠٠١٢٣"), [
    ["address", "الشقة رقم ٥"],
    ["address", "رقم البيت ٢٢"],
    ["address", "بالطابق الثاني"],
    ["contact", "سناب: bluelad9"],
    ["contact", "تلغرام kirkmenu"],
    ["contact", "٠٧٧٠٠٩٠٠١٢٣"],
  ]);
  assert.deepEqual(of("ar", "عمري ١٤ وجاء في الساعة ٢٢:٤١"), [
    ["routine", "عمري ١٤"],
    ["time", "في الساعة ٢٢:٤١"],
  ]);
  assert.deepEqual(of("pl", "Sprzedają tam, drugie piętro. Telegram nazwa kirkmenu, kupują tanio."), [
    ["address", "drugie piętro"],
    ["contact", "Telegram nazwa kirkmenu"],
  ]);
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

test("after a coarser wording no part of a name is left without a hint", () => {
  const names = ["Tam", "Agnieszka", "Jamie Reid", "Seán O’Neill", "Zoë", "Łukasz", "Anne-Marie", "McKay Brown"];
  const ways = [
    "My brother # sells.",
    "My cousin, #, sells.",
    "It was my son #.",
    "My partner - # - knows.",
    "My partner (#) knows.",
    "It is our #’s pal.",
    "my mum called # knows.",
    "My uncle’s name is # and he sells.",
    "My sister, who is called #, knows.",
    "Ma granny # bides there.",
    "My twins # and # sell.",
    "I’m his auntie # so I know.",
    "They took our # away.",
    "My name is # and I saw it.",
    "They call me #.",
    "It is Mr # who sells.",
    "That is all. Cheers, #",
    "That is all.\nThank you\n#",
    "I saw it. From #.",
  ];
  for (const way of ways) {
    for (const name of names) {
      let text = way.replace(/#/g, name);
      assert.notEqual(hintsIn(text, ENGLISH).length, 0, text);
      for (let steps = 0; steps < 9; steps += 1) {
        const next = hintsIn(text, ENGLISH).find(({ coarser }) => coarser !== null);
        if (next === undefined) break;
        text = coarsen(text, next);
      }
      for (const part of name.split(" ")) assert.equal(text.includes(part), false, `${way}: ${text}`);
      assert.equal(/someone (someone|[A-Z])/.test(text), false, text);
    }
  }
});

test("taking something out leaves no gap and joins no words", () => {
  const take = (text: string) => coarsen(text, hintsIn(text, ENGLISH)[0]!);
  assert.equal(take("He lives above me now."), "He lives now.");
  assert.equal(take("He lives above me."), "He lives.");
  assert.equal(take("above me he shouts"), " he shouts");
});

test("a long and hostile text is looked through without getting stuck", () => {
  for (const piece of ["a ", "1 ", "12 a ", '"', "“a", "my name is ", "0 ", "a@", "@.", "my ", "12:3", "'a ", "my son Al and ", "my snap ", "cheers A "]) {
    const hints = hintsIn(piece.repeat(12_000 / piece.length), ENGLISH);
    for (const [at, hint] of hints.entries())
      assert.ok(hint.start < hint.end && hint.end <= (hints[at + 1]?.start ?? 12_000));
  }
});

// Every combination of what can be told, each with all that says less.
const AREAS: number[][] = [[], [3], [12, 6], [45, 40], [612, 744, 580], [612, 744, 580, 801, 655]];
const NEAR = ["", "shops", "school", "park", "transport", "street", "stair", "home", "online"];
const OTHERS: (Band | null)[] = [null, ...BANDS];

function* grid(): Generator<Known> {
  for (const smallAreas of AREAS) {
    for (const near of NEAR)
      for (const hints of [0, 1, 2, 9]) for (const others of OTHERS) yield { smallAreas, near, hints, others };
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
      { ...known, hints: Math.max(0, known.hints - 1) },
    ];
    for (const one of coarser) {
      assert.ok(rank(one) >= band, JSON.stringify([known, one]));
      compared += 1;
    }
  }
  assert.ok(compared > 5_000);
});

test("the band is never above what anything told allows", () => {
  const bandOfCount = (count: number): number => (count < 5 ? 0 : count <= 20 ? 1 : count <= 100 ? 2 : 3);
  for (const known of grid()) {
    const residents = known.smallAreas.reduce((sum, one) => sum + one, 0);
    if (known.smallAreas.length > 0) assert.ok(rank(known) <= bandOfCount(residents));
    if (known.others !== null) assert.ok(rank(known) <= BANDS.indexOf(known.others));
    if (known.hints > 0) assert.equal(bandOf(known), "few");
  }
  const town = { smallAreas: [612, 744], near: "shops", hints: 0, others: null };
  assert.equal(bandOf(town), "more");
  assert.equal(bandOf({ ...town, smallAreas: [] }), "more");
  assert.equal(bandOf({ ...town, near: "stair" }), "few");
  assert.equal(bandOf({ ...town, near: "street" }), "some");
});

test("whatever is found in a text, the band says that few may know it", () => {
  for (const text of [
    "It is my maw.",
    "Nobody else saw it.",
    "He said “keep it shut”.",
    "It was flat 3/2.",
    "I'm her neighbour.",
    "He came on Tuesday 14th.",
    "He drives SF21 KXP.",
    "It is Mr Singh.",
    "Ask @big_davie.",
    "They come at half past ten.",
    "I'm the janitor.",
    "He said 'keep it shut'.",
  ]) {
    const hints = hintsIn(text, ENGLISH).length;
    assert.equal(bandOf({ smallAreas: [612, 744], near: "shops", hints, others: "more" }), "few", text);
  }
});

test("why few could know it is said, where no hint is left to say so", () => {
  const known = { smallAreas: [612, 744], near: "", hints: 0, others: null };
  assert.equal(whyFew(known), null);
  assert.equal(whyFew({ ...known, near: "shops" }), null);
  assert.equal(whyFew({ ...known, near: "stair" }), "near");
  assert.equal(whyFew({ ...known, smallAreas: [], near: "street" }), "near");
  assert.equal(whyFew({ ...known, near: "stair", hints: 1 }), "kept");
  assert.equal(whyFew({ ...known, others: "few" }), null, "that she said herself");
});
