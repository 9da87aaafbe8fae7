// How to reach somebody, in what is typed: found, and taken out. As src/lippen/signals/contacts.py does it.

import { WAYS } from "./patterns.ts";
import { asSeen } from "./seen.ts";

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

/** Signs for a terminal, which part words as a blank does. */
const CONTROLS = /[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]/g;

/** The text with each contact replaced, until nothing more is found; as seen, where one shows only so. */
export function without(text: string): Without {
  let left: Without = { text, contacts: [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const next = once(left.text, turn > 0);
    if (next.text === left.text) break;
    left = { text: next.text, contacts: [...left.contacts, ...next.contacts] };
  }
  return left;
}

/** One turn: the text as written where that hides all that is seen, else as seen. */
function once(text: string, again: boolean): Without {
  const found = (read: string) => replaced(read, contactsIn(read).filter(({ way }) => !again || way !== "hashed"));
  const written = found(text);
  const seen = inPlainSigns(text);
  if (seen === text) return written;
  const shown = found(seen);
  return shown.contacts.length > 0 && inPlainSigns(written.text) !== shown.text ? shown : written;
}

function inPlainSigns(text: string): string {
  return asSeen(text.replace(CONTROLS, " "));
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
    const dialled = digits.replace(/^(?:(?:0?0?44|0)0?|(?=7\p{Nd}{9}$))/u, "0");
    return { way, start: index, end, instead: HANDLE, contact: dialled };
  }
  if (way === "spelt") {
    const spelt = folded(whole).replace(/[[({]\s?(at|@|dot|\.)\s?[\])}]/g, " $1 ");
    const mail = spelt.replace(/\s+at\s+/g, "@").replace(/\s+dot\s+/g, ".");
    return { way, start: index, end, instead: HANDLE, contact: plain(mail) };
  }
  return { way, start: index, end, instead: HANDLE, contact: plain(whole) };
}

function plain(name: string): string {
  return folded(asSeen(name)).replace(/^[@.\-_ *("'“]+|[@.\-_ *("'“]+$/g, "").replace(/ /g, "");
}

function folded(text: string): string {
  return text.toLowerCase().replace(/ß/g, "ss").replace(/ς/g, "σ");
}

const ACCOUNT = new RegExp(
  "^(?:(?:(?:t\\.me|telegram\\.me|telegram\\.dog)(?:/s)?|kik\\.me|instagram\\.com|snapchat\\.com/add" +
    "|tiktok\\.com|twitter\\.com|x\\.com|facebook\\.com|fb\\.me|fb\\.com|m\\.me)" +
    "/@?([\\p{L}\\p{N}_.\\-]+?)(?:[/?#].*)?" +
    "|tg://resolve\\?domain=([\\p{L}\\p{N}_.\\-]+).*|/?u/([\\p{L}\\p{N}_\\-]+))$",
  "u",
);

/** A link as its account where it leads to one, else without what browsers add. */
function ofLink(link: string): string {
  const bare = folded(asSeen(link))
    .replace(/[[(](?:\.|dot)[\])]/g, ".")
    .replace(/^(?:h(?:tt|xx)ps?:\/\/)?(?:www\.)?/, "")
    .replace(/\/+$/, "");
  const account = ACCOUNT.exec(bare);
  if (account !== null) return plain((account[1] ?? account[2] ?? account[3])!);
  const phone = /^wa\.me\/\+?(?:44)?(\p{Nd}+)$/u.exec(bare);
  return phone === null ? bare : `0${phone[1]}`;
}
