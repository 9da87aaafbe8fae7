// An answer to a resident: made of one that stands ready and of a worker's own words, sealed by whoever sends it;
// and the draft of one, sealed to the desk's own keys for a colleague to send.

import { fromBase64, toBase64 } from "../speak/bytes.ts";
import { fieldsIn, hasKeys, isText, type Report } from "../speak/messages.ts";
import { TooLong } from "../speak/padding.ts";
import { openText, packAnswer, sealAnswer, sealText } from "../speak/sealing.ts";
import type { Choices } from "./conditions.ts";
import { say, send } from "./dom.ts";
import type { Held } from "./keys.ts";

/** What the page was told of answers. */
export interface Ready extends Choices {
  desk: string;
  templates: Record<string, string>;
}

export interface AnswerDraft {
  v: 1;
  kind: "answer draft";
  /** Which report it answers. */
  report: string;
  template: string;
  own: string;
}

/** Sealed in the envelope of a report, so that its length says nothing. Raises TooLong. */
export function sealAnswerDraft(draft: AnswerDraft, recipients: readonly Uint8Array[]): Promise<Uint8Array> {
  return sealText(new TextEncoder().encode(JSON.stringify(draft)), recipients);
}

export async function openAnswerDraft(identity: string, sealed: Uint8Array): Promise<AnswerDraft | null> {
  const written = await openText(identity, sealed);
  const read = written && fieldsIn(written);
  const texts = ["report", "template", "own"];
  if (!read || !hasKeys(read, "v", "kind", ...texts) || !texts.every((one) => isText(read[one]))) return null;
  return read["v"] === 1 && read["kind"] === "answer draft" ? (read as unknown as AnswerDraft) : null;
}

/** What the resident reads. */
export function textOf({ templates }: Ready, template: string, own: string): string {
  return [templates[template]!, own].filter((one) => one !== "").join("\n\n");
}

/** The names of all who may not be spoken of unseen. */
export function bodiesOf({ partners, named }: Ready): string[] {
  return [...new Set([...partners, ...named].map(({ name }) => name))];
}

/** Seals, signs and sends an answer to `path`; says why not, and returns whether it went. */
export async function sendAnswer(
  ready: Ready,
  report: Report,
  held: Held,
  { template, own }: { template: string; own: string },
  path: string,
): Promise<boolean> {
  const mailbox = report.mailbox!;
  const packed = await packedAnswer(ready, report.number, mailbox, held, template, own);
  if (packed === null) {
    say("Your own words are too long. Say less.");
    return false;
  }
  const sent = await send(path, { mailbox: mailbox.id, packed });
  if (typeof sent !== "string") return true;
  say(sent);
  return false;
}

async function packedAnswer(
  ready: Ready,
  number: number,
  mailbox: NonNullable<Report["mailbox"]>,
  held: Held,
  template: string,
  own: string,
): Promise<string | null> {
  const answer = {
    ...{ v: 1 as const, kind: "answer" as const, desk: ready.desk, mailbox: mailbox.id },
    ...{ number, template, text: textOf(ready, template, own) },
  };
  try {
    const sealed = await sealAnswer(answer, held.signingSeed, fromBase64(mailbox.recipient)!);
    return toBase64(packAnswer(sealed)!);
  } catch (error) {
    if (error instanceof TooLong) return null;
    throw error;
  }
}
