// What a resident writes and what a desk answers, as JSON (sections 6 and 7 of the protocol).
//
// Reading takes what somebody else wrote: whatever is not exactly such a message is null, without an error.

import { fromBase64, fromHex } from "./bytes.ts";
import { RECIPIENT } from "./hybrid_keys.ts";

export interface Report {
  v: 1;
  kind: "report";
  desk: string;
  /** Which message this is of those sent under one receipt, from 1. */
  number: number;
  language: string;
  answers: { what: string; where: string; when: string; going_on: string };
  text: string;
  conditions: { together: boolean; not_to: string[]; not_before: string | null };
  /** Where an answer may be left: 32 hexadecimal digits and the base64 of 1,216 bytes. */
  mailbox: { id: string; recipient: string } | null;
  photographs: SentPhotograph[];
}

export interface SentPhotograph {
  /** 32 hexadecimal digits. */
  id: string;
  /** The base64 of 32 bytes: the seed of the identity that opens it. */
  seed: string;
  type: PhotographType;
}

export const MOST_PHOTOGRAPHS = 4;

export type PhotographType = "image/jpeg" | "image/png" | "image/webp";

export interface Answer {
  v: 1;
  kind: "answer";
  desk: string;
  /** 32 hexadecimal digits. */
  mailbox: string;
  number: number;
  template: string;
  text: string;
}

export function writeReport(report: Report): Uint8Array {
  const { answers, conditions, mailbox } = report;
  return json({
    v: report.v,
    kind: report.kind,
    desk: report.desk,
    number: report.number,
    language: report.language,
    answers: { what: answers.what, where: answers.where, when: answers.when, going_on: answers.going_on },
    text: report.text,
    conditions: {
      together: conditions.together,
      not_to: conditions.not_to,
      not_before: conditions.not_before,
    },
    mailbox: mailbox && { id: mailbox.id, recipient: mailbox.recipient },
    photographs: report.photographs.map(({ id, seed, type }) => ({ id, seed, type })),
  });
}

export function writeAnswer(answer: Answer): Uint8Array {
  return json({
    v: answer.v,
    kind: answer.kind,
    desk: answer.desk,
    mailbox: answer.mailbox,
    number: answer.number,
    template: answer.template,
    text: answer.text,
  });
}

export function readReport(bytes: Uint8Array): Report | null {
  const read = fieldsIn(bytes);
  return read !== null && isReport(read) ? (read as unknown as Report) : null;
}

export function readAnswer(bytes: Uint8Array): Answer | null {
  const read = fieldsIn(bytes);
  return read !== null && isAnswer(read) ? (read as unknown as Answer) : null;
}

export type Fields = Record<string, unknown>;

/** The fields of a JSON object in UTF-8, or null. */
export function fieldsIn(bytes: Uint8Array): Fields | null {
  try {
    const read: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return isFields(read) ? read : null;
  } catch {
    return null;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether there are these keys and no others. */
export function hasKeys(fields: Fields, ...keys: string[]): boolean {
  return Object.keys(fields).sort().join() === keys.sort().join();
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isListOf<T>(value: unknown, holds: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(holds);
}

/** `2026-11-28`, and a day that there is. */
export function isDay(value: unknown): value is string {
  if (!isText(value) || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function json(value: Fields): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isReport(read: Fields): boolean {
  const { answers, conditions, mailbox } = read;
  const keys = [
    "v",
    "kind",
    "desk",
    "number",
    "language",
    "answers",
    "text",
    "conditions",
    "mailbox",
    "photographs",
  ];
  return (
    hasKeys(read, ...keys) &&
    read["v"] === 1 &&
    read["kind"] === "report" &&
    isText(read["desk"]) &&
    isCount(read["number"]) &&
    isText(read["language"]) &&
    isText(read["text"]) &&
    isFields(answers) &&
    hasKeys(answers, "what", "where", "when", "going_on") &&
    Object.values(answers).every(isText) &&
    isFields(conditions) &&
    hasKeys(conditions, "together", "not_to", "not_before") &&
    typeof conditions["together"] === "boolean" &&
    isListOf(conditions["not_to"], isText) &&
    (conditions["not_before"] === null || isDay(conditions["not_before"])) &&
    (mailbox === null || isMailbox(mailbox)) &&
    isListOf(read["photographs"], isPhotograph) &&
    read["photographs"].length <= MOST_PHOTOGRAPHS
  );
}

function isMailbox(value: unknown): boolean {
  return (
    isFields(value) &&
    hasKeys(value, "id", "recipient") &&
    fromHex(value["id"], 16) !== null &&
    fromBase64(value["recipient"], RECIPIENT) !== null
  );
}

function isPhotograph(value: unknown): value is SentPhotograph {
  return (
    isFields(value) &&
    hasKeys(value, "id", "seed", "type") &&
    fromHex(value["id"], 16) !== null &&
    fromBase64(value["seed"], 32) !== null &&
    ["image/jpeg", "image/png", "image/webp"].includes(value["type"] as string)
  );
}

function isAnswer(read: Fields): boolean {
  return (
    hasKeys(read, "v", "kind", "desk", "mailbox", "number", "template", "text") &&
    read["v"] === 1 &&
    read["kind"] === "answer" &&
    isText(read["desk"]) &&
    fromHex(read["mailbox"], 16) !== null &&
    isCount(read["number"]) &&
    isText(read["template"]) &&
    isText(read["text"])
  );
}
