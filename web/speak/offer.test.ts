import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { coarsen, hintsIn } from "./hints.ts";
import { asOffered, hidden, toldAnew, withLine } from "./offer.ts";
import { ENGLISH, type Words } from "./words.ts";

const wordsOf = (code: string) =>
  JSON.parse(readFileSync(new URL(`languages/${code}.json`, import.meta.url), "utf8")) as Words;

test("four lines stand at the head of her text, and what she wrote below stays below", () => {
  let text = withLine("", "quantity", "ten");
  assert.equal(text, "\n\n\nten");
  text = withLine(text, "product", "blue\ntablets");
  text = withLine(text, "rest", "They come on Fridays.\n\nMostly.");
  assert.deepEqual(asOffered(text), {
    product: "blue tablets",
    words: "",
    price: "",
    quantity: "ten",
    rest: "They come on Fridays.\n\nMostly.",
  });
  assert.equal(asOffered(withLine(text, "price", "£20")).rest, "They come on Fridays.\n\nMostly.");
});

test("what she wrote stays her own words, whatever she then says it is about", () => {
  const told = toldAnew("Boxes go up.\nMost evenings.", "selling", "offer");
  assert.equal(asOffered(told).product, "");
  assert.equal(asOffered(told).rest, "Boxes go up.\nMost evenings.");
  assert.equal(toldAnew(told, "offer", "threat"), "Boxes go up.\nMost evenings.");
  assert.equal(toldAnew("as it is\n", "threat", "money"), "as it is\n");
});

test("accounts, addresses and telephone numbers are taken out, and what things cost is not", () => {
  for (const [written, left] of [
    ["blues, add @wee.otter now", "blues, add … now"],
    ["snap: wee_otter99 for menu", "… for menu"],
    ["Telegram - t.me/weeotter", "…"],
    ["see https://example.org/x?y=1 ok", "see … ok"],
    ["otter@example.org", "…"],
    ["ring 07700 900123 today", "ring … today"],
    ["ring +44 7700 900123", "ring …"],
    ["0141 496 0000", "…"],
    ["snap bluelad9", "…"],
    ["blues, telegram kirkmenu now", "blues, … now"],
    ["insta kirk.plug", "…"],
    ["snap is greenlad99, ask", "…, ask"],
    ["snapchat name is kirkmenu", "…"],
    ["signal blue_lad", "…"],
    ["blues. Snap\tBlueLad9!", "blues. …!"],
    ["ask سناب bluelad9", "ask …"],
  ] as const)
    assert.equal(hidden(written, true, ENGLISH), left);
  for (const kept of [
    "5 10 20 50 100",
    "0.5 1 2 3.5 7 14 28",
    "20 @ 30",
    "@30quid",
    "£35 for 3.5 g",
    "2 for 50, 5 for 100",
    "🔌 ❄️ new in",
    "signal grey tablets",
    "telegram group, snap story, insta page",
    "on Snapchat every weekend",
    "snap x10, telegram 20 pills",
    "sold on Telegram, they post a menu there",
    "a snapshot kirkmenu",
    "1000 x 100 mg",
  ])
    assert.equal(hidden(kept, true, ENGLISH), kept);
});

test("accounts and numbers are known by the names and digits of Arabic, and by Polish words between", () => {
  for (const [code, written, left] of [
    ["ar", "حبوب سناب: bluelad9 الآن", "حبوب … الآن"],
    ["ar", "تلغرام kirkmenu", "…"],
    ["ar", "بالتليجرام اسمه kirkmenu", "…"],
    ["ar", "انستغرام kirk.plug", "…"],
    ["ar", "اتصل ٠٧٧٠٠٩٠٠١٢٣ الآن", "اتصل … الآن"],
    ["ar", "١٠ حبوب بسعر ٢٠، قناة تلغرام group", "١٠ حبوب بسعر ٢٠، قناة تلغرام group"],
    ["ar", "يبيع على سناب كل يوم", "يبيع على سناب كل يوم"],
    ["pl", "telegram nazwa kirkmenu", "…"],
    ["pl", "na snapie: kirkmenu", "na …"],
    ["pl", "mam 5, snap to bluelad9", "mam 5, …"],
    ["pl", "telegram sprzedaje tabletki", "telegram sprzedaje tabletki"],
  ] as const)
    assert.equal(hidden(written, true, wordsOf(code)), left, written);
});

test("what stands at the end is left alone while she types it", () => {
  let line = "";
  for (const sign of "add @wee.otter ") line = hidden(line + sign, false, ENGLISH);
  assert.equal(line, "add … ");
  line = "";
  for (const sign of "telegram group, snap kirkmenu ") line = hidden(line + sign, false, ENGLISH);
  assert.equal(line, "telegram group, … ");
  assert.equal(hidden("ring 07700 900123", false, ENGLISH), "ring 07700 900123");
  assert.equal(hidden("ring 07700 900123", true, ENGLISH), "ring …");
});

test("a hint that is taken out leaves each line where it was", () => {
  const text = withLine(withLine("", "product", "tablets from flat"), "words", "3 and more");
  const [found] = hintsIn(text, ENGLISH);
  const { product, words, rest } = asOffered(coarsen(text, found!));
  assert.match(product, /^tablets/);
  assert.match(words, /and more/);
  assert.equal(rest, "");
});
