// A log as it is written, and its draft as it is sealed to the desk's own keys.

import { sha256 } from "@noble/hashes/sha2.js";
import { ascii, fromHex, joined, toHex } from "../speak/bytes.ts";
import { fieldsIn, hasKeys, isListOf, isText, type Fields } from "../speak/messages.ts";
import { openText, sealText } from "../speak/sealing.ts";
import { hasLetter, isPlain } from "./signs.ts";

export interface LogContent {
  v: 1;
  kind: string;
  area: string;
  /** The Monday of the first week. */
  week: string;
  /** How many weeks from it on: 1, or 4 where the week alone would say too much. */
  weeks: number;
  text: string;
  source: string;
  information: string;
  handling: string;
  conditions: string;
  partners: string[];
  not_before: string | null;
  at_once: boolean;
}

/** A draft: the log exactly as it is to be signed, and what stays at the desk. */
export interface Draft {
  v: 1;
  kind: "draft";
  salt: string;
  content: string;
  source_reason: string;
  gain: string;
  report: string;
}

/** The log as JSON, the same each time for the same log. */
export function writeContent(log: LogContent): string {
  const { v, kind, area, week, weeks, text, source, information, handling, conditions, partners } = log;
  return JSON.stringify({
    ...{ v, kind, area, week, weeks, text, source, information, handling, conditions, partners },
    not_before: log.not_before,
    at_once: log.at_once,
  });
}

export function readContent(written: string): LogContent | null {
  const read = fieldsIn(new TextEncoder().encode(written));
  const texts = ["kind", "area", "week", "text", "source", "information", "handling", "conditions"];
  const known = ["v", ...texts, "weeks", "partners", "not_before", "at_once"];
  if (read === null || !hasKeys(read, ...known) || read["v"] !== 1) return null;
  if (!texts.every((one) => isText(read[one])) || !isListOf(read["partners"], isText)) return null;
  if (typeof read["weeks"] !== "number" || typeof read["at_once"] !== "boolean") return null;
  if (read["not_before"] !== null && !isText(read["not_before"])) return null;
  return read as unknown as LogContent;
}

/** Which of its texts is no writing that a reader sees, as the site refuses it too; null where none is. */
export function unfit(log: LogContent): "text" | "conditions" | null {
  if (!isPlain(log.text) || !hasLetter(log.text)) return "text";
  return isPlain(log.conditions) && (log.conditions === "" || hasLetter(log.conditions)) ? null : "conditions";
}

/** A salt of 16 bytes, without which nobody can guess a log from what it was committed to. */
export function drawSalt(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

/** SHA-256 of salt and log: what the site keeps, so that a second person signs exactly these words. */
export function commitment(salt: string, content: string): string {
  const salted = fromHex(salt, 16);
  if (salted === null) throw new RangeError("a salt has 16 bytes");
  return toHex(sha256(joined(salted, ascii(content))));
}

/** The draft sealed to the workers of the desk, an envelope like a report's. Raises TooLong. */
export function sealDraft(draft: Draft, recipients: readonly Uint8Array[]): Promise<Uint8Array> {
  return sealText(new TextEncoder().encode(JSON.stringify(draft)), recipients);
}

export async function openDraft(identity: string, sealed: Uint8Array): Promise<Draft | null> {
  const written = await openText(identity, sealed);
  const read = written && fieldsIn(written);
  return read && isDraft(read) ? (read as unknown as Draft) : null;
}

function isDraft(read: Fields): boolean {
  const texts = ["salt", "content", "source_reason", "gain", "report"];
  return (
    hasKeys(read, "v", "kind", ...texts) &&
    read["v"] === 1 &&
    read["kind"] === "draft" &&
    texts.every((one) => isText(read[one])) &&
    fromHex(read["salt"], 16) !== null
  );
}
