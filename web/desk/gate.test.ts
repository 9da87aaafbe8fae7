import assert from "node:assert/strict";
import { test } from "node:test";
import { readReport, type Report } from "../speak/messages.ts";
import { seeded } from "../seeded.ts";
import { published } from "../vectors.ts";
import { askedToFindOut, judge, meterOf, overlaps, type Around } from "./gate.ts";
import { mended } from "./slips.ts";

const REPORT: Report = {
  ...readReport(new TextEncoder().encode(published()["report"]!["text"]))!,
  answers: { what: "selling", where: "Lintbrae/shops", when: "often", going_on: "yes" },
  text: "There is a white van behind the old bakery each evening, and 2 boys don’t go to it one by one.",
};
const CROWD: Around = { residents: [612, 744], goes: "batch", together: 3, hours: 2, days: 9, whole: false, weeks: 1 };
const LOG = { area: "Lintbrae", text: "Drugs are sold.", conditions: "" };

const shared = (text: string) => overlaps(text, REPORT).map((one) => one.words);
const found = (text: string) =>
  judge({ ...LOG, text }, REPORT, CROWD).map(({ rule, words }) => [rule, words]);
const rules = (text: string) => [...new Set(found(text).map(([rule]) => rule))];

test("of school the gate knows whose it is: a boy is sold to after it, and the teller goes to hers", () => {
  for (const text of ["Boys are offered it after school.", "Children in primary 6 and in S2 carry it."]) {
    assert.deepEqual(found(text).filter(([rule]) => rule === "vantage"), [], text);
  }
  assert.ok(rules("It goes round in my class.").includes("vantage"));
  assert.ok(rules("I am 14 and it is sold to me.").includes("vantage"));
});

test("eight consecutive words in common are found, and seven are not", () => {
  const eight = "there is a white van behind the old";
  assert.deepEqual(shared(`We hear: ${eight}!`), [eight]);
  assert.deepEqual(shared("There is a white van behind the church"), []);
});

test("a run is found whole and once, whatever its case, marks and way of writing a number", () => {
  const written = "AND two boys, dont go; to it: ONE by 1";
  assert.deepEqual(shared(`Boys. ${written}. There is a white van behind the old bakery each — evening`), [
    written,
    "There is a white van behind the old bakery each — evening",
  ]);
  assert.deepEqual(
    overlaps(REPORT.text, REPORT).map(({ needs }) => needs),
    ["second person"],
  );
});

test("answers of the report count as well as its text", () => {
  const answers = { ...REPORT.answers, where: "in the close beside the blue garage near the school gate" };
  const log = "It is beside the blue garage near the school gate.";
  assert.equal(overlaps(log, { ...REPORT, answers }).length, 1);
});

test("the meter tells the longest place in common, below eight words too", () => {
  const text = "A white van was seen. It parks behind the old bakery.";
  const { longest, words, too_many } = meterOf(text, REPORT);
  assert.deepEqual([longest, words, too_many], [4, "behind the old bakery", 8]);
  assert.deepEqual(meterOf("", REPORT), { longest: 0, words: "", too_many: 8 });
});

test("the meter of a report's own words, from any place on, is as long as they are", () => {
  const words = REPORT.text.split(" ");
  const { below } = seeded(8);
  for (let turn = 0; turn < 300; turn += 1) {
    const first = below(words.length);
    const length = 1 + below(words.length - first);
    const text = `xx ${words.slice(first, first + length).join(" ").toUpperCase()} yy`;
    assert.equal(meterOf(text, REPORT).longest, length, text);
    assert.equal(overlaps(text, REPORT).length, length >= 8 ? 1 : 0, text);
  }
});

test("what gives somebody away is found by its rule", () => {
  const each: [string, string, string][] = [
    ["This was seen by me.", "first person", "me"],
    ["Ah kent it.", "first person", "Ah"],
    ["It can be seen from a kitchen window.", "vantage", "from a kitchen window"],
    ["Heard thru the wall at night.", "vantage", "thru the wall"],
    ["The tenant's brother is involved.", "kin", "brother"],
    ["His mohter is worried.", "kin", "mohter"],
    ["They left at 22:41.", "exact time", "at 22:41"],
    ["They left at ten past nine.", "exact time", "at ten past nine"],
    ["They use flat 3/2.", "unit", "flat 3/2"],
    ["It is on the top floor.", "unit", "top floor"],
    ["He said “you keep quiet now”.", "quoted speech", "“you keep quiet now”"],
    ["He said 'you don't talk'.", "quoted speech", "'you don't talk'"],
    ["It is run by Mr Brown.", "name", "Mr Brown"],
    ["A man called Fergie runs it.", "name", "called Fergie"],
    ["It is run by alasdair.", "name", "alasdair"],
    ["It is said of Zebedee too.", "name", "Zebedee"],
    ["Zebedee and two others wait.", "name", "Zebedee"],
    ["Nobody else was there.", "only witness", "Nobody else"],
    ["The number is 07700 900 123.", "contact", "07700 900 123"],
  ];
  for (const [text, ...finding] of each) assert.deepEqual(found(text), [finding], text);
});

test("what is written in other signs is read as it is seen, and that it is so written is told", () => {
  assert.deepEqual(found("Seen by a m\u043ether."), [
    ["signs", "m\u043ether"],
    ["source", "Seen by a m\u043ether"],
    ["kin", "m\u043ether"],
  ]);
  assert.deepEqual(found("The \uff4d\uff4f\uff54\uff48\uff45\uff52."), [["kin", "\uff4d\uff4f\uff54\uff48\uff45\uff52"]]);
  assert.deepEqual(found("At \u0662\u0661:\u0664\u0660."), [["exact time", "At \u0662\u0661:\u0664\u0660"]]);
  assert.deepEqual(found("The m\u043ether and the mother.").map(([, words]) => words), ["m\u043ether", "m\u043ether", "mother"]);
  assert.deepEqual(found("Seen by her m o t h e r."), [["signs", "m o t h e r"]]);
  const hidden = judge({ ...LOG, text: "A mo\u200bther." }, REPORT, CROWD);
  assert.deepEqual(hidden.map(({ rule, needs }) => [rule, needs]), [
    ["signs", "stop"],
    ["kin", "second person"],
  ]);
  const copied = rules("There is a white v\u0430n behind the old b\u0430kery");
  assert.deepEqual(copied, ["signs", "overlap"]);
});

test("times, days and doors in words, kin and names in other forms are found", () => {
  for (const [text, rule] of [
    ["It was at nine o'clock sharp.", "exact time"],
    ["It was at the back of nine.", "exact time"],
    ["It wis hauf echt.", "exact time"],
    ["It was at half past ten.", "exact time"],
    ["It was twenty-one forty.", "exact time"],
    ["It was on November third.", "exact time"],
    ["It was the third of November.", "exact time"],
    ["It was on 03/11.", "exact time"],
    ["It is at number twelve.", "unit"],
    ["It is in flat two slash one.", "unit"],
    ["It is the third hoose fae the corner.", "unit"],
    ["The seller is DEEK MCKAY.", "name"],
    ["It is kept in the McKay house.", "name"],
    ["It came of a relative.", "kin"],
    ["The in-laws of the seller complained.", "kin"],
    ["She is married to the seller.", "kin"],
    ["The writer of this knew.", "first person"],
    ["There was but a single onlooker.", "only witness"],
  ] as const)
    assert.deepEqual(rules(text), [rule], text);
});

test("whoever told it is not spoken of", () => {
  for (const text of [
    "The source is a pregnant woman in her thirties.",
    "It was told by a resident on the top landing.",
    "The report came through the page from a child.",
    "the woman with one arm who runs the launderette saw it",
    "The informant goes to the college.",
    "Reported by somebody with a stammer.",
    "A lad in a wheelchair told us of it.",
    "A nurse who lives near reported the sales.",
    "It was heard by a pensioner.",
    "This comes from a girl of fifteen.",
    "A witness is ready to speak.",
    "It came in over the telephone.",
    "According to a tenant with cancer it goes on.",
  ]) {
    const of = judge({ ...LOG, text }, REPORT, CROWD).filter(({ rule }) => rule === "source");
    assert.deepEqual(of.map(({ needs }) => needs), ["second person"], text);
  }
});

test("what is sold, and to whom, is no source", () => {
  for (const text of [
    "The source of the smell is not known.",
    "It comes from one report and was not checked.",
    "Parcels come by post, and orders are sent through an app.",
    "Threats were made against people who spoke up.",
    "The van was seen this week, and heard at night.",
    "Unusual numbers of callers at a tenement.",
  ])
    assert.deepEqual(found(text), [], text);
});

test("titles in small letters, addresses of the web and numbers read out are found", () => {
  for (const [text, rule, words] of [
    ["It is kept by mrs kaur.", "name", "mrs kaur"],
    ["Ask the dr. khan.", "name", "dr. khan"],
    ["See https://facebook.com/x for it.", "contact", "https://facebook.com/x"],
    ["It is on facebook.com/x.", "contact", "facebook.com/x."],
    ["Orders go to blues.co.uk at night.", "contact", "blues.co.uk"],
    ["The number is zero seven seven double four one two.", "contact", "zero seven seven double four one two"],
  ] as const)
    assert.deepEqual(found(text), [[rule, words]], text);
  assert.deepEqual(found("One or two sell, and three, four or five wait."), []);
});

test("what is in another script or language is said to be unread, as it was written", () => {
  for (const words of ["\u0414\u043c\u0438\u0442\u0440\u043e", "\u0645\u062d\u0645\u062f \u062e\u0627\u0646", "\u962e\u6c0f"]) {
    const [first] = judge({ ...LOG, text: `It is kept by ${words}.` }, REPORT, CROWD);
    assert.deepEqual([first?.rule, first?.words, first?.needs], ["unread", words, "second person"]);
  }
  const name = "\u0418\u0432\u0430\u043d\u043e\u0432";
  assert.deepEqual([...new Set(found(`It is kept by ${name}.`).map(([, words]) => words))], [name]);
  const polish = "Prosz\u0119 obserwowa\u0107 ich i napisa\u0107, kto przychodzi.";
  assert.deepEqual(found(`Drugs are sold. ${polish}`)[0], ["unread", polish]);
  assert.deepEqual(found("Kto przychodzi?"), [["unread", "Kto przychodzi?"]]);
});

test("days of the week and the names of areas are nobody's", () => {
  const text = "Sales go on on Fridays and Saturdays, and moved from the Old Town to Craig Point.";
  const areas = ["Old Town", "Craig Point"];
  assert.deepEqual(judge({ ...LOG, text }, REPORT, { ...CROWD, areas }), []);
  const named = judge({ ...LOG, text }, REPORT, CROWD).map(({ words }) => words);
  assert.deepEqual(named, ["Craig", "Point"], "what is no area may be a name");
});

test("what a careful log needs to say is let be", () => {
  for (const text of [
    "",
    "Drugs are sold in Lintbrae near the Co-op shop, on most days in November.",
    "Exchanges through car windows near Rowan Street. Prices of 10 and 20 pounds; the tablets go by “blues”.",
    "Police Scotland and the NHS may know more. Families with young children pass on their way to school.",
    "In the week of 9 November. Some windows were broken. It comes from one report and was not checked.",
    "The US brand is sold at weekends. Another home may be in use; others are bothered by it.",
  ]) {
    assert.deepEqual(found(text), [], text);
  }
});

test("a coarser wording can stand where what was found stood", () => {
  const [kin, time] = judge({ ...LOG, text: "Her aunt came at 22:41." }, REPORT, CROWD);
  assert.equal(kin?.coarser, "someone");
  assert.equal(time?.coarser, "in the evening");
});

test("few who could have known, and no other log, are told with what the area had lately", () => {
  const stair = { ...REPORT, answers: { ...REPORT.answers, where: "Lintbrae/stair" } };
  const [band, ...rest] = judge(LOG, stair, { ...CROWD, hours: 0, days: 4 });
  assert.deepEqual([band?.rule, rest.length], ["band", 0]);
  assert.match(band!.says, /^Perhaps fewer than 5 people could have known .* in the last 30 days: 4; in the last 72 hours: none/);
  const kin = judge(LOG, { ...REPORT, text: "My brother told me." }, CROWD);
  assert.deepEqual(kin.map(({ rule }) => rule), ["band"]);
  const [alone] = judge(LOG, REPORT, { ...CROWD, together: 0, hours: 0, days: 0 });
  assert.match(alone!.says, /^Nothing else waits .* Nothing about its area went out in the last 30 days/);
  assert.deepEqual(judge(LOG, REPORT, CROWD), []);
});

test("what was said most widely is not asked for again", () => {
  const says = (whole: boolean, weeks: number) =>
    judge(LOG, REPORT, { ...CROWD, together: 0, hours: 0, whole, weeks }).map((one) => one.says)[0]!;
  assert.match(says(false, 1), /Say the whole town or four weeks, or wait\.$/);
  assert.match(says(true, 1), /It says the whole town already\. Say four weeks, or wait\.$/);
  assert.match(says(false, 4), /It says four weeks already\. Say the whole town, or wait\.$/);
  assert.match(says(true, 4), /whole town and four weeks already\. Wait, or let a second person judge/);
});

test("a log that waits for its own day, or goes at once, is told that it may be alone", () => {
  const says = (goes: Around["goes"]) =>
    judge(LOG, REPORT, { ...CROWD, goes, together: 0, hours: 0 }).map((one) => one.says)[0];
  assert.match(says("its day")!, /^Nobody can tell yet whether anything else goes out with this one on its day/);
  assert.match(says("at once")!, /^This one goes out by itself/);
});

test("conditions are judged as the text is, but for the sentences that the page wrote", () => {
  const own = ["Not to be passed on to Homes First.", "Nothing is to be done before 2026-12-24."];
  const judged = (conditions: string) =>
    judge({ ...LOG, conditions }, REPORT, CROWD, own).map(({ rule, words }) => [rule, words]);
  assert.deepEqual(judged(own.join(" ")), []);
  assert.deepEqual(judged(`${own[0]} Ask Mr Brown in flat 3/2, and nobody else. ${own[1]}`), [
    ["unit", "flat 3/2"],
    ["only witness", "nobody else"],
    ["name", "Mr Brown"],
  ]);
  const [copied] = judge({ ...LOG, conditions: `${REPORT.text} ${own[0]}` }, REPORT, CROWD, own);
  assert.deepEqual([copied?.rule, copied?.needs], ["overlap", "second person"]);
  assert.match(copied!.says, /^In the conditions, which partners read too/);
  assert.deepEqual(judged("Not to be passed on to Zebedee."), [["name", "Zebedee"]]);
});

test("the same log gives the same findings, each of words that stand in it, and never gets stuck", () => {
  const pieces = "my |1 |at |from the |'a |“|Mr |A|the source |said, |mohter |a@|no |\n".split("|");
  const { below } = seeded(9);
  for (let turn = 0; turn < 60; turn += 1) {
    const drawn = Array.from({ length: 120 }, () => pieces[below(pieces.length)]);
    const text = turn < pieces.length ? pieces[turn]!.repeat(1200) : drawn.join("");
    const log = { ...LOG, text };
    const once = judge(log, { ...REPORT, text }, CROWD);
    assert.deepEqual(judge(log, { ...REPORT, text }, CROWD), once);
    for (const { words } of once) assert.ok(text.includes(words), `${text} | ${words}`);
  }
});

test("a word one slip from a known one is read as that one, at its place", () => {
  const known = new Set(["mother", "above", "only"]);
  const read = mended("Her motheer, abovd and Onyl the other.", known);
  assert.equal(read.text, "Her mother, above and only the other.");
  assert.equal(read.typed(read.text.indexOf("above")), "Her motheer, ".length);
  assert.equal(mended("another bother, ony", known).text, "another bother, ony");
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
    "Look after yourself and watch who comes.",
    "Do not go there, but watch from home.",
    "We cannot act unless you tell us who it is.",
    "Please do not hesitate to tell us who he is.",
    "Don't forget to note the plate of the van.",
    "You cannot do better than to watch the van on Friday.",
    "Ask somebody you trust who drives the van.",
    "We cannot act without the name of the driver.",
    "Tell someone you trust to take a picture of the van.",
    "W\u0430tch the van.",
  ]) {
    assert.equal(askedToFindOut(tasking).length, 1, tasking);
  }
  for (const kind of [
    "Look after yourself.",
    "Thank you. You need do nothing more.",
    "Come to our drop-in.",
    "If somebody is in danger, call 999.",
    "Please do not watch them or take photographs.",
    "Nothing more is needed from you.",
    "Please do not hesitate to call 999.",
    "Talk to somebody you trust if this weighs on you.",
  ]) {
    assert.deepEqual(askedToFindOut(kind), [], kind);
  }
});

test("each kind of giving away is told apart in one log", () => {
  const text =
    "Her son saw it from the bedroom window at 22:41. Only one person was there. I heard “get out of " +
    "here”.";
  assert.deepEqual(rules(text).sort(), [
    "exact time",
    "first person",
    "kin",
    "only witness",
    "quoted speech",
    "source",
    "vantage",
  ]);
});
