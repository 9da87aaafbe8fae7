// How to reach somebody, in what is typed: found, and taken out. As src/lippen/signals/contacts.py does it.

import { WAYS } from "./patterns.ts";
import { asRead, inPlainLetters } from "./plain_letters.ts";

export const HANDLE = "[handle]";

/** A contact in a text: where it stands, what stands there after it is taken out, and its one way of writing. */
export interface Contact {
  readonly way: string;
  readonly start: number;
  readonly end: number;
  readonly instead: string;
  readonly contact: string;
}

/** A text without contacts, and each contact that stood in it. */
export interface Without {
  readonly text: string;
  readonly contacts: readonly string[];
}

/** Turns in which a text is read again after something of it was replaced; one or two are what it takes. */
const TURNS = 12;

/** The text with each contact replaced, until nothing more is found; as read, where one shows only so. */
export function without(text: string): Without {
  let left: Without = { text, contacts: [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const next = once(left.text, turn > 0);
    if (next.text === left.text) break;
    left = { text: next.text, contacts: [...left.contacts, ...next.contacts] };
  }
  return left;
}

/** One turn: the text as written where that hides all that is read, else as read. */
function once(text: string, again: boolean): Without {
  const found = (one: string) => replaced(one, contactsIn(one).filter(({ way }) => !again || way !== "hashed"));
  const written = found(text);
  const read = asRead(text);
  if (read === text) return written;
  const shown = found(read);
  return shown.contacts.length > 0 && asRead(written.text) !== shown.text ? shown : written;
}

export function replaced(text: string, found: readonly Contact[]): Without {
  let put = "";
  let from = 0;
  for (const { start, end, instead } of found) {
    put += text.slice(from, start) + instead;
    from = end;
  }
  return { text: put + text.slice(from), contacts: found.map((one) => one.contact) };
}

/** The contacts in a text as it is written, one after another; where two ways begin at one place the first. */
export function contactsIn(text: string): Contact[] {
  const found: Contact[] = [];
  const next = new Map<RegExp, RegExpExecArray | null>();
  let at = 0;
  for (;;) {
    let first: { way: string; match: RegExpExecArray } | null = null;
    for (const [way, pattern] of WAYS) {
      let match = next.get(pattern);
      if (match === undefined || (match !== null && match.index < at)) {
        pattern.lastIndex = at;
        match = pattern.exec(text);
        next.set(pattern, match);
      }
      if (match !== null && (first === null || match.index < first.match.index)) first = { way, match };
    }
    if (first === null) return found;
    const { way, match } = first;
    found.push(put(way, match));
    at = match.index + match[0].length;
  }
}

/** What says which messenger it is stays, and so does what ends a sentence after a link. */
function put(way: string, { 0: whole, index, groups }: RegExpExecArray): Contact {
  const end = index + whole.length;
  const named = Object.values(groups ?? {}).find((one) => one !== undefined);
  if (way === "spoken") return { way, start: index, end, instead: HANDLE, contact: plain(named!) };
  if (named !== undefined) {
    const before = whole.slice(0, whole.length - named.length).replace(/@$/, "");
    return { way, start: index + before.length, end, instead: HANDLE, contact: plain(named) };
  }
  if (way === "link") {
    const kept = whole.replace(/[.,;:!?*_~]+$/, "");
    return { way, start: index, end: index + kept.length, instead: HANDLE, contact: ofLink(kept) };
  }
  if (way === "phone") {
    const digits = whole.replace(/[Oo]/g, "0").replace(/[lI]/g, "1").replace(/\P{Nd}/gu, "");
    return { way, start: index, end, instead: HANDLE, contact: dialled(digits) };
  }
  if (way === "spelt") {
    const spelt = folded(whole)
      .replace(/[[({<#*]\s?(at|@|a|dot|\.)\s?[\])}>#*]/g, " $1 ")
      .replace(/\s+at?\s+|_at_/g, "@")
      .replace(/\s+dot\s+|_dot_/g, ".");
    const at = spelt.indexOf("@") + 1;
    const mail = spelt.slice(0, at) + spelt.slice(at).trim().replace(/[\s.,;]+/g, ".");
    return { way, start: index, end, instead: HANDLE, contact: plain(mail) };
  }
  return { way, start: index, end, instead: HANDLE, contact: plain(whole) };
}

/** A name in one way of writing. An accent is left out: a name with one is another to a machine alone. */
function plain(name: string): string {
  return folded(inPlainLetters(name))
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC")
    .replace(/^[@.\-_ *("'“]+|[@.\-_ *("'“]+$/g, "")
    .replace(/ /g, "");
}

function dialled(digits: string): string {
  return digits.replace(/^(?:(?:0?0?44|0)0?|(?=7\p{Nd}{9}$))/u, "0");
}

function folded(text: string): string {
  return text.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ");
}

const TO_AN_ACCOUNT = new RegExp(
  "^(?:(?:(?:m|mobile|touch|mbasic|old|new|web)\\.)?(?:(?:t\\.me|telegram\\.me|telegram\\.dog)(?:/s)?|kik\\.me" +
    "|instagram\\.com|snapchat\\.com(?:/(?:add|u)|(?=/@))|tiktok\\.com|twitter\\.com|x\\.com|threads\\.(?:net|com)" +
    "|reddit\\.com/u(?:ser)?|facebook\\.com|fb\\.me|fb\\.com|m\\.me)/(?:@|%40)?([\\p{L}\\p{N}_.\\-]+?)(?:[/?#].*)?" +
    "|([\\p{L}\\p{N}_\\-]+)\\.t\\.me(?:[/?#].*)?|web\\.telegram\\.org/(?:[akz]/)?#(?:@|%40)?([\\p{L}\\p{N}_\\-]+)" +
    "|tg://resolve\\?domain=([\\p{L}\\p{N}_.\\-]+).*|/?u/([\\p{L}\\p{N}_\\-]+))$",
  "u",
);

const TO_A_NUMBER = new RegExp(
  "^(?:wa\\.me/|(?:(?:api|web)\\.whatsapp\\.com/|whatsapp://)send/?\\?(?:.*&)?phone=|signal\\.me/#p/)(?:\\+|%2b)?" +
    "(\\p{Nd}+)(?:\\P{Nd}.*)?$",
  "u",
);

/** A link as its account or number where it leads to one, else without what browsers add. */
function ofLink(link: string): string {
  const bare = folded(inPlainLetters(link))
    .replace(/[[(](?:\.|dot)[\])]/g, ".")
    .replace(/^(?:h(?:tt|xx)ps?:\/\/)?(?:www\.)?/, "")
    .replace(/\/+$/, "");
  const account = TO_AN_ACCOUNT.exec(bare)?.slice(1).find((name) => name !== undefined);
  if (account !== undefined) return plain(account);
  const number = TO_A_NUMBER.exec(bare);
  return number === null ? bare : dialled(number[1]!);
}
