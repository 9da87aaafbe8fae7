// Names of people in a log: by a title, by how one is introduced, by a list of first names, and by a capital.

import { numberOf } from "../speak/wordlist.ts";
import type { Finding } from "./gate.ts";

/**
 * First names that are no other word, as src/lippen/site/insight/forenames.txt lists them; the build puts
 * them here.
 */
declare const FORENAMES: string;
/** Words of the long list that no receipt has (src/lippen/site/speak/words_changed.tsv). */
declare const LEFT_OUT: string;

const PERSON = "This may be somebody's name. Nobody is named in what leaves the desk: say what was done, and not who.";

const TITLED = new RegExp(
  "\\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Fr|Sir|Lady|Auld|Wee|Big|Old" +
    "|Young)\\b\\.?\\s+\\p{Lu}[\\p{L}'’-]*(?:\\s+\\p{Lu}[\\p{L}'’-]*)*",
  "gu",
);
/** Titles that are no other word, before a word in small letters. */
const TITLED_SMALL = /(?<![\p{L}\p{N}])(?:mr|mrs|ms|mx|mister|missus|maister|dr|prof)\b\.?\s+\p{Ll}[\p{L}'’-]*/giu;
const INTRODUCED =
  new RegExp(
    "\\b(?:called|named|known as|name (?:is|of|was)|nicknamed|answers to|goes by|(?:cry|cries|call" +
      "|calls) (?:him|her|them)|cried)\\s+(?!(?:him|her|them|to|out|in|by|for|off|on|at|the|a" +
      "|an)\\b)[\\p{L}'’-]+(?:\\s+\\p{Lu}[\\p{L}'’-]*)*",
    "gu",
  );
const CAPITAL = /\p{Lu}[\p{L}\p{M}'’-]*/gu;
/** What stands before the first word of a sentence. */
const BEGINNING = /(?:^|[.!?:;]["'”’)]?\s+|\n\s*|["“‘(]\s*)$/u;

/** A word that does something, or has or is joined by somebody, at the beginning of a sentence. */
const DOER =
  new RegExp(
    "(?:^|[.!?][\"'”’)]?\\s+|\\n\\s*|[\"“‘(])(\\p{Lu}[\\p{Ll}\\p{M}]+)(?=['’]s? |,? (?:is|was|wis|has" +
      "|had|hus|does|did|wants|will|would|can|could|may|might|must|says|said|told|runs|keeps|takes|gives" +
      "|gets|goes|gangs|comes|lives|works|sells|deals|carries|collects|waits|holds|knows|kens|owns|pays" +
      "|lends|stays|bides|hides|threatens|brings|makes|meets|drives|owes) |,? (?:and|an|&) (?:\\p{Lu}|one|two" +
      "|twa|three|some|others?|another|his|her|their|a|the) ?)",
    "gu",
  );

/** Words that begin a sentence and are no name, beside those of the long list. */
const BEGINNERS = new Set(
  (
    "he she it they who what that this these those there here one nobody somebody someone anybody " +
      "anyone everybody everyone " +
    "nothing something everything nane naebody a an the another each either neither none much little " +
      "less more most all both " +
    "money cash tobacco cannabis heroin cocaine alcohol crack weed housing debt rent noise smoke " +
      "damage violence crime water " +
    "food traffic access contact help work school police council door car van flat house home group " +
      "lender seller dealer buyer " +
    "tenant man woman boy girl child person caller source informant worker visitor landlord neighbour " +
      "whether where when how"
  ).split(" "),
);

/** Words with a capital that are nobody's name. */
const NOBODY = new Set(
  (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june " +
      "july august " +
    "september october november december christmas easter hogmanay halloween diwali eid ramadan " +
      "scotland scottish uk " +
    "britain police crimestoppers housing council scot nhs procurator fiscal social work fire rescue " +
      "service services " +
    "women's aid citizens advice bureau samaritans childline parliament government i i'm i've i'd i'll"
  ).split(" "),
);

/** What follows a name that belongs to a place or a body. */
const OF_PLACES = new Set(
  (
    "town street st road rd avenue ave lane drive close court place terrace crescent gardens garden wynd " +
      "square way brae row loan " +
    "path park school academy primary college church kirk hall centre station bridge hill house houses " +
      "harbour quay pier " +
    "green view gate vennel pend steps rise walk bank mill estate scheme tower towers library surgery " +
      "hospital inn bar " +
    "hotel club association partnership trust council voice desk project team group stores shop burn " +
      "river loch island"
  ).split(" "),
);

/** What may as well belong to a family: it makes a place with a capital alone. */
const OF_FAMILIES = new Set("house houses place group home".split(" "));

/** Letters that stand for a body, of four and more. */
const BODIES = new Set("cctv hmrc sepa rspca sspca ymca asbo cosla dvla".split(" "));

/**
 * Findings on people's names; words of `places` are places. Names of `areas` are too, but for first names
 * among their words.
 */
export function namesIn(text: string, places: readonly string[], areas: readonly string[] = []): Finding[] {
  const wordsOf = (all: readonly string[]) =>
    new Set(all.flatMap((one) => one.toLowerCase().match(/[\p{L}'’-]+/gu) ?? []));
  const known = wordsOf(places);
  const placed = wordsOf([...places, ...areas]);
  const found: { start: number; end: number; needs: Finding["needs"] }[] = [];
  const add = (start: number, end: number, needs: Finding["needs"]): void => {
    if (found.every((one) => end <= one.start || one.end <= start)) found.push({ start, end, needs });
  };
  for (const pattern of [TITLED, TITLED_SMALL, INTRODUCED]) {
    for (const { 0: words, index } of text.matchAll(pattern)) {
      if (pattern === TITLED && isArea(words, placed)) continue;
      add(index, index + words.length, "second person");
    }
  }
  const forenames = listed();
  for (const match of text.matchAll(/[\p{L}\p{M}]+/gu)) {
    const word = match[0].normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const end = match.index + match[0].length;
    if (!forenames.has(word) || known.has(word) || isPlace(text.slice(end))) continue;
    add(match.index, end, "second person");
  }
  for (const { start, end } of capitals(text, placed)) add(start, end, "look");
  for (const { start, end } of doers(text, placed)) add(start, end, "look");
  return found
    .sort((one, other) => one.start - other.start)
    .map(({ start, end, needs }) => ({ rule: "name", words: text.slice(start, end), says: PERSON, needs }));
}

/** Words with a capital within a sentence, but for places, bodies, days and letters that stand for a body. */
function capitals(text: string, known: ReadonlySet<string>): { start: number; end: number }[] {
  const all = [...text.matchAll(CAPITAL)].map(({ 0: word, index: start }) => ({
    word,
    start,
    end: start + word.length,
    begins: BEGINNING.test(text.slice(Math.max(0, start - 8), start)),
  }));
  // Where most words are in capitals they tell no names: the first one stands for all.
  const loud = text.match(/(?<!\p{L})\p{Lu}{4,}(?!\p{L})/gu) ?? [];
  const shouted = loud.length > 8 && loud.length > (text.match(/\p{L}{4,}/gu) ?? []).length / 2;
  return all.filter(({ word, start, end, begins }, at) => {
    const plain = word.toLowerCase().replace(/['’]s$/, "");
    if (known.has(plain) || NOBODY.has(plain) || NOBODY.has(plain.replace(/s$/, ""))) return false;
    if (/^\p{Lu}{2,}$/u.test(word)) {
      return word.length > 3 && !BODIES.has(plain) && (!shouted || word === loud[0]);
    }
    if (begins) return false;
    if (/[\p{L}\p{M}\p{N}'’-]/u.test(text[start - 1] ?? "")) return false; // a capital within a word
    let last = at;
    let stop = end;
    while (all[last + 1] !== undefined && text.slice(stop, all[last + 1]!.start) === " ") {
      last += 1;
      stop = all[last]!.end;
    }
    return !OF_PLACES.has(all[last]!.word.toLowerCase()) && !isPlace(text.slice(stop));
  });
}

/** Words at the beginning of sentences that do something as a person does, and are no common word. */
function doers(text: string, known: ReadonlySet<string>): { start: number; end: number }[] {
  return [...text.matchAll(DOER)].flatMap((match) => {
    const word = match[1]!;
    const plain = word.toLowerCase();
    if ([BEGINNERS, NOBODY, known].some((words) => words.has(plain))) return [];
    const thing = /(?:s|ing|tion|ment|ity|ness|ance|ence|age|ery|body|one)$/.test(plain);
    if (thing || numberOf(plain) !== undefined || LEFT_OUT.split(" ").includes(plain)) return [];
    const end = match.index + match[0].length;
    return [{ start: end - word.length, end }];
  });
}

/** Whether what stands before `rest` is part of a place's or a body's name. */
function isPlace(rest: string): boolean {
  const next = /^ (\p{L}+)/u.exec(rest)?.[1] ?? "";
  return OF_PLACES.has(next.toLowerCase()) && !OF_FAMILIES.has(next);
}

/** Whether an adjective and what follows it are a place, as Old Town is. */
function isArea(words: string, placed: ReadonlySet<string>): boolean {
  const [first, ...rest] = words.toLowerCase().split(/\s+/);
  if (!/^(?:auld|wee|big|old|young)$/.test(first!)) return false;
  return OF_PLACES.has(rest[rest.length - 1]!) || [first!, ...rest].every((one) => placed.has(one));
}

let names: ReadonlySet<string> | undefined;

function listed(): ReadonlySet<string> {
  names ??= new Set(FORENAMES.split(" "));
  return names;
}
