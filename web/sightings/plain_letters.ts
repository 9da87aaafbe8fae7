// A text as it is read for contacts: each sign as what it was meant to look like. As
// src/lippen/signals/plain_letters.py does it, by the same list.

import lists from "../../src/lippen/signals/look_alikes.json" with { type: "json" };
import { asSeen } from "./seen.ts";

const ANYWHERE = pairs(lists.anywhere);
const AMONG_OURS = pairs(lists["among ours"]);
const NAMES: ReadonlyMap<string, string> = new Map(Object.entries(lists.names));

// A blank is left escaped: where it stands in a link, the link would end there.
const ESCAPES = new RegExp(
  `&(?:amp;)*(?:#[0-9]{2,6}|#x[0-9a-f]{2,5}|${Object.keys(lists.names).join("|")});|%(?:40|2[bdef]|3a|5f)`,
  "gi",
);

/** Signs for a terminal, which part words as a blank does. */
const CONTROLS = /[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]/g;

function pairs(listed: string): ReadonlyMap<string, string> {
  return new Map(listed.split(" ").map((pair) => [...pair] as [string, string]));
}

/** The text with its escapes undone, in plain letters. */
export function asRead(text: string): string {
  return inPlainLetters(text.replace(ESCAPES, unescaped).replace(CONTROLS, " "));
}

/**
 * The text as seen, each letter and sign as the one of ours that it looks like. Letters of another alphabet only
 * where one of ours stands in the same run, or where all letters of the run can be read so.
 */
export function inPlainLetters(text: string): string {
  return taken(asSeen(text), ANYWHERE).replace(/[^ \t\n\r\f]+/g, (run) => {
    const ours = taken(run, AMONG_OURS);
    return /[A-Za-z]/.test(run) || !/(?![\x00-\x7f])\p{L}/u.test(ours) ? ours : run;
  });
}

function taken(text: string, letters: ReadonlyMap<string, string>): string {
  return text.replace(/[^\x00-\x7f]/gu, (sign) => letters.get(sign) ?? sign);
}

function unescaped(written: string): string {
  const escape = written.toLowerCase();
  if (escape.startsWith("%")) return String.fromCharCode(parseInt(escape.slice(1), 16));
  const name = escape.slice(escape.lastIndexOf(";", escape.length - 2) + 1, -1).replace(/^&/, "");
  if (!name.startsWith("#")) return NAMES.get(name)!;
  const code = name[1] === "x" ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code >= 0xd800 && code <= 0xdfff ? " " : String.fromCodePoint(code);
}
