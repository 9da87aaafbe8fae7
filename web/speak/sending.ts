// Seals what was told and sends it: photographs first, so that a report never names one that is not there.

import { joined, toBase64, toHex } from "./bytes.ts";
import { digestOf, keysOf } from "./mailbox_keys.ts";
import { deskNumber } from "./manifest.ts";
import { deliver, isStale, workedOut, type Proof } from "./reaching.ts";
import { drawSecret } from "./receipt.ts";
import { sealPhotograph, sealReport } from "./sealing.ts";
import { reportOf, type Mailbox, type Telling } from "./telling.ts";

export type Stage =
  | { readonly at: "locking" | "proving" | "sending" }
  | { readonly at: "photo"; readonly number: number; readonly of: number };

/**
 * Sends everything, or throws NotReached with `telling` as it was: what has arrived is not sent again.
 * `ready` is the proof that was begun while she read, if there is one.
 */
export async function send(
  telling: Telling,
  language: string,
  ready: Promise<Proof> | null,
  breathe: () => Promise<void>,
  tell: (stage: Stage) => void,
): Promise<void> {
  tell({ at: "locking" });
  await breathe();
  const message = await sealed(telling, language);

  for (const [at, one] of telling.photographs.entries()) {
    if (one.sealed === undefined || one.sentTo === telling.desk) continue;
    tell({ at: "photo", number: at + 1, of: telling.photographs.length });
    const { id, sealed: photograph } = one.sealed;
    await deliver("/photographs", await workedOut(breathe), joined(deskNumber(telling.desk), id, photograph));
    one.sentTo = telling.desk;
  }

  tell({ at: "proving" });
  let proof = ready === null ? null : await ready.catch(() => null);
  if (proof === null || isStale(proof)) proof = await workedOut(breathe);
  tell({ at: "sending" });
  await deliver("/reports", proof, message);
}

/**
 * What goes to the door but for its proof: photographs are sealed with it, and a receipt is drawn. Unless
 * something has changed since, it is the same bytes as before: an answer that was lost does not make two
 * reports of one. Raises TooLong.
 */
export function sealed(telling: Telling, language: string): Promise<Uint8Array> {
  const next = (): Promise<Uint8Array> => sealNow(telling, language);
  const message = telling.sealing.then(next, next); // one after the other, or there would be two
  telling.sealing = message;
  return message;
}

async function sealNow(telling: Telling, language: string): Promise<Uint8Array> {
  for (const one of telling.photographs) {
    if (one.sentTo !== undefined && one.sentTo !== telling.desk) delete one.sealed;
    one.sealed ??= await sealPhotograph(one.bytes);
  }
  let mailbox: Mailbox | null = null;
  // A message without a mailbox names one drawn at random: nobody can tell the two apart.
  let id: Uint8Array = crypto.getRandomValues(new Uint8Array(16));
  let lock: Uint8Array = crypto.getRandomValues(new Uint8Array(32));
  if (telling.answer) {
    telling.secret ??= drawSecret();
    const keys = keysOf(telling.secret);
    mailbox = { id: toHex(keys.id), recipient: toBase64(await keys.recipient) };
    id = keys.id;
    lock = digestOf(keys.authenticator);
  }
  const report = reportOf(telling, language, mailbox);
  const of = JSON.stringify(report);
  if (telling.sealed?.of !== of) {
    const envelope = await sealReport(report, telling.recipients);
    telling.sealed = { of, message: joined(deskNumber(telling.desk), id, lock, envelope) };
  }
  return telling.sealed.message;
}
