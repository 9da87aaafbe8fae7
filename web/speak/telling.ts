// What a resident has told so far, and the report that is made of it. It lives in memory and nowhere else.

import { toBase64, toHex } from "./bytes.ts";
import type { Band } from "./hints.ts";
import { isDay, type PhotographType, type Report } from "./messages.ts";
import type { Turned } from "./photographs.ts";
import type { Secret } from "./receipt.ts";

/** What can be chosen; the desk is sent these words whatever the language of the page. */
export const WHAT = ["home", "selling", "offer", "used", "young", "threat", "money", "else", "unsaid"] as const;
export const NEAR = ["shops", "school", "park", "transport", "street", "stair", "home", "online"] as const;
export const WHEN = ["week", "month", "year", "before", "often", "unsaid"] as const;
export const GOING_ON = ["yes", "no", "unsure", "unsaid"] as const;

/** A photograph without its hidden notes, and what became of it when it was sent. */
export interface Photograph {
  readonly bytes: Uint8Array;
  readonly type: PhotographType;
  readonly turned: Turned;
  sealed?: { readonly id: Uint8Array; readonly seed: Uint8Array; readonly sealed: Uint8Array };
  sentTo?: string;
}

export interface Telling {
  desk: string;
  recipients: Uint8Array[];
  what: string;
  area: string;
  near: string;
  when: string;
  goingOn: string;
  text: string;
  hints: boolean;
  kept: Set<string>;
  /** Whether anything was found in this text, even if it stands there no more. */
  hinted: boolean;
  others: Band | null;
  photographs: Photograph[];
  together: boolean;
  notTo: Set<string>;
  notBefore: string;
  /** Whether the desk is told in which language the page was read: few may speak it. */
  tellLanguage: boolean;
  answer: boolean;
  /** The receipt, from the moment of sending on, or the one with which somebody came back. */
  secret: Secret | null;
  number: number;
  /** What was sealed last, and of what: as long as nothing changes, the same bytes are sent again. */
  sealed: { readonly of: string; readonly message: Uint8Array } | null;
  sealing: Promise<unknown>;
}

export function nothingTold(): Telling {
  return {
    desk: "",
    recipients: [],
    what: "",
    area: "",
    near: "",
    when: "",
    goingOn: "",
    text: "",
    hints: true,
    kept: new Set(),
    hinted: false,
    others: null,
    photographs: [],
    together: false,
    notTo: new Set(),
    notBefore: "",
    tellLanguage: false,
    answer: true,
    secret: null,
    number: 1,
    sealed: null,
    sealing: Promise.resolve(),
  };
}

export type Mailbox = NonNullable<Report["mailbox"]>;

export function reportOf(telling: Telling, language: string, mailbox: Mailbox | null): Report {
  return {
    v: 1,
    kind: "report",
    desk: telling.desk,
    number: telling.number,
    language: telling.tellLanguage ? language : "",
    answers: {
      what: telling.what,
      where: `${telling.area}/${telling.near}`,
      when: telling.when,
      going_on: telling.goingOn,
    },
    text: telling.text,
    conditions: {
      together: telling.together,
      not_to: [...telling.notTo],
      not_before: telling.notBefore === "" ? null : telling.notBefore,
    },
    mailbox,
    photographs: telling.photographs.flatMap((one) =>
      one.sealed === undefined
        ? []
        : [{ id: toHex(one.sealed.id), seed: toBase64(one.sealed.seed), type: one.type }],
    ),
  };
}

/**
 * Bytes of JSON that a text may have: beside it a mailbox, four photographs and what was chosen still fit.
 */
export const TEXT_ROOM = 12_000;

/** How many letters like those in `text` still fit; below zero, how many are too many. */
export function roomLeft(text: string): number {
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length - 2;
  const perLetter = text === "" ? 1 : bytes / text.length;
  return Math.floor((TEXT_ROOM - bytes) / perLetter);
}

/** The day so many days from now, as everything here writes one. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day as people say it: Sunday 20 December 2026. */
export function dayInWords(day: string, language: string): string {
  const spoken = language === "en" ? "en-GB" : language;
  return new Date(day).toLocaleDateString(spoken, { dateStyle: "full", timeZone: "UTC" });
}

export function today(): string {
  return dayIn(0);
}

/** As long as a desk holds a log back: what asks for longer, it could not keep to. */
export const LONGEST_WAIT = 60;

/** Whether a desk can be asked to do nothing before `day`: "", or one from tomorrow to 60 days from now. */
export function canWaitFor(day: string): boolean {
  return day === "" || (isDay(day) && today() < day && day <= dayIn(LONGEST_WAIT));
}
