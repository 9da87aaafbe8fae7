// What the gate's rules cannot read: words in another script than ours, and sentences in another language than
// English or Scots. They find nothing there, and nothing found would look like nothing there.

import { numberOf } from "../speak/wordlist.ts";
import type { Finding } from "./gate.ts";

/** Words for what is sold, as src/lippen/trade/words/substances.toml lists them; the build puts them here. */
declare const TRADE_WORDS: string;

/**
 * Words of English and Scots that sentences are held together with, and those of a desk's days. What stands in
 * Polish, Dutch or Romanian as well (`do`, `is`, `no`) is none of them: see `ANYWHERE`.
 */
const COMMON: ReadonlySet<string> = new Set(
  (
    "the and that this these those with from for not but his her hers him she they them their theirs you your yours " +
    "our ours its who whom whose which what when where why how has had have having been being were are will would " +
    "could should shall must might can cannot about after again against all also always another any anybody anyone " +
    "anything around away back because before behind below between both but came come comes coming each else enough " +
    "even ever every everybody everyone everything few first found gave get gets getting give given goes going gone " +
    "good got great here into just keep kept know known knows last least left less let like likely little long look " +
    "made make makes many may maybe mean more most much near need needs never new next nobody nothing now off often " +
    "old once one only other others out over own part people perhaps person place put read ready right said same saw " +
    "say says see seen sell sells selling sent set several side small sold some somebody someone something sometimes " +
    "soon still such sure take taken takes tell than thank thanks then there thing things think thought through " +
    "time times today together told too took town two three four five six seven eight nine ten under until upon " +
    "use used using very want wanted wants way week weeks well went whether while without work write written wrote " +
    "year years yes yet yourself nae naebody dinnae cannae wisnae isnae didnae doesnae aye ken kens kent frae fae " +
    "wi wis wean weans bairn bairns aboot oot doon noo hoose twa auld whaur efter afore yin yon tae hae haud haw ower " +
    "whit wha ye yer awa ain aw dae daein telt tellt gaun gonnae wur cam yous " +
    "mother father brother sister son daughter family friend boy boys girl girls woman women information similar logged signs sums pounds screams postcode apartment floor stair flats scream voice notes " +
    "police drugs drug phone call home homes house flat street door van vans car cars money cash child children " +
    "young group area near day days night nights evening evenings weekend weekends month months help safe danger " +
    "wee dinna canna wasna didna havenae hasnae wouldnae couldnae shouldnae willnae arenae yous gie gies gied ony mony " +
    "mibbe wance wans braw bonnie gallus daft doonstairs hame heid roon alang polis bevvy lum brae quine loon thon " +
    "yonder yersel himsel hersel ontae intae unner ahint atween mair maist owt nowt summat punt folk folks lassie lassies " +
    "laddie laddies skint clatty boggin " +
    "white black blue red green yellow pink brown grey purple orange dark bright big huge tiny cheap cheaper strong " +
    "stronger weak loose fresh fake real pure mixed " +
    "bag bags baggie baggies wrap wraps box boxes tub tubs jar jars packet packets pouch pouches bottle bottles " +
    "strip strips blister pill pills tablet tablets tab tabs capsule capsules powder powders lump lumps rock rocks " +
    "stone stones crystal crystals bar bars liquid cart carts vape vapes tobacco fag fags cigarettes mushroom " +
    "mushrooms gas jab jabs patch patches weed smoke smokes joint joints tenner tenners fiver fivers quid pound gram " +
    "grams ounce ounces half quarter ticket deal deals delivery collect swap party " +
    "report reports desk visit visits visitors threats debt debts sale sales buyers sellers tenant tenants residents " +
    "it it's he's she's what's who's don't didn't isn't wasn't can't won't i'm we're they're that's there's grateful kind sorry true"
  ).split(" "),
);

/** Short words that sentences of several languages hold: they say nothing of which it is. */
const ANYWHERE: ReadonlySet<string> = new Set(
  "a i o e y to do no on in is of at as an am so me my we he be by or was had up us if go man men die den van over".split(" "),
);

let traded: ReadonlySet<string> | undefined;

/** Whether a word that is none of English or Scots is one for what is sold: those are the same in many languages. */
function isTraded(word: string): boolean {
  traded ??= new Set(TRADE_WORDS.split(" "));
  return traded.has(word);
}

const ENDINGS = ["s", "es", "d", "ed", "ing", "in", "ly", "er", "'s"];
const NOT_LATIN = /(?![\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}])\p{L}/u;
const WORD = /[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*/gu;
/** Words on end in which no letter is one of ours, whatever marks stand between them. */
const OTHER_SCRIPT = new RegExp(`(?:${NOT_LATIN.source}\\p{M}*)+(?:[\\s,،、'’-]*(?:${NOT_LATIN.source}\\p{M}*)+)*`, "gu");

/** A sentence of fewer words tells nothing of its language. */
const FEWEST = 3;
/** Of a sentence so many words are known at least; in English half of them and more mostly are. */
const SHARE = 0.25;

/** Each place that the rules cannot read, as it is written. */
export function unread(text: string): Finding[] {
  const found: { at: number; words: string; says: string }[] = [];
  const plain = text.normalize("NFKC");
  for (const { 0: words, index } of plain.matchAll(OTHER_SCRIPT)) {
    const within = /[\p{Script=Latin}\p{N}]/u;
    if (within.test(plain[index - 1] ?? "") || within.test(plain[index + words.length] ?? "")) continue; // `signs`
    found.push({ at: index, words, says: SCRIPT });
  }
  for (const { 0: sentence, index } of plain.matchAll(/[^.!?\n]+[.!?]*/gu)) {
    if (isForeign(sentence)) found.push({ at: index, words: sentence.trim(), says: LANGUAGE });
  }
  if (found.length === 0 && isAllUnknown(plain)) found.push({ at: 0, words: plain.trim(), says: LANGUAGE });
  return found
    .sort((one, other) => one.at - other.at)
    .map(({ words, says }) => ({ rule: "unread", words, says, needs: "second person" }));
}

const SCRIPT =
  "The gate cannot read this script. A second person who reads it must have checked that it names nobody, leads to " +
  "nobody, and asks nobody to find out more.";
const LANGUAGE =
  "The gate cannot read this: it looks like another language than English or Scots. A second person who reads it " +
  "must have checked that it leads to nobody, and asks nobody to find out more.";

/** Whether too few of the words of a sentence are English or Scots. */
function isForeign(sentence: string): boolean {
  const words = telling(sentence);
  return words.length >= FEWEST && words.filter(isKnown).length < SHARE * words.length;
}

/** Whether a whole text of two words and more holds none that is known. */
function isAllUnknown(text: string): boolean {
  const words = telling(text);
  return words.length > 1 && !words.some(isKnown);
}

/** The words that tell a language: no names, none that several languages have, and no word for what is sold. */
function telling(sentence: string): string[] {
  return [...sentence.trim().matchAll(WORD)]
    .filter(({ 0: word, index }) => /\p{Script=Latin}/u.test(word) && (index === 0 || !/^\p{Lu}/u.test(word)))
    .map(({ 0: word }) => word.toLowerCase().replace(/’/g, "'"))
    .filter((word) => !ANYWHERE.has(word) && (isKnown(word) || !isTraded(word)));
}

/**
 * Whether a word, or what is left of it without an ending, is English or Scots: `numberOf` has 7,776, and takes
 * letters with marks for those without.
 */
function isKnown(word: string): boolean {
  if (/[^a-zé'-]/u.test(word)) return false;
  const ends = ENDINGS.filter((end) => word.endsWith(end)).map((end) => word.slice(0, word.length - end.length));
  return [word, ...ends, ...ends.map((one) => `${one}e`)].some(
    (one) => COMMON.has(one) || (one.length > 2 && numberOf(one) !== undefined),
  );
}
