// Sealing and opening: reports, photographs and answers as age files of one length each (sections 4, 5 and 7
// of the protocol). What does not open is null, whatever was wrong with it.

import { ed25519 } from "@noble/curves/ed25519.js";
import { Decrypter, Encrypter } from "age-encryption";
import { ascii, fromUnpadded, joined, toUnpadded, type Bytes } from "./bytes.ts";
import { identityOf, RECIPIENT, recipientOf, recipientText } from "./hybrid_keys.ts";
import {
  MOST_PHOTOGRAPHS,
  readAnswer,
  readReport,
  writeAnswer,
  writeReport,
  type Answer,
  type Report,
} from "./messages.ts";
import { padme, padTo, TooLong, unpad } from "./padding.ts";

export const REPORT = 22_714;
export const ANSWER = 5755;
export const PACKED = 5312;

const STANZAS = 4;
const REPORT_TEXT = 16_384;
const ANSWER_TEXT = 4096;
const SIGNATURE = 64;
const LEAST_PHOTOGRAPH = 16_384;
const MOST_PHOTOGRAPH = 8 * 1024 * 1024;
const SIGNED = joined(ascii("lippen-speak/1 answer"), new Uint8Array(1));

/** How many bytes of text still fit into a report; negative when it is too long. */
export function roomLeft(report: Report): number {
  return REPORT_TEXT - 4 - writeReport(report).length;
}

/**
 * A report sealed to one to four recipients of 1,216 bytes, in 22,714 bytes. Throw-away keys stand in for
 * those missing and all stand in an order drawn anew, so that nothing tells how many people a desk has.
 * Raises TooLong, and RangeError for more than four photographs.
 */
export async function sealReport(report: Report, recipients: readonly Uint8Array[]): Promise<Bytes> {
  if (report.photographs.length > MOST_PHOTOGRAPHS)
    throw new RangeError("a report has at most four photographs");
  return sealText(writeReport(report), recipients);
}

/** Any text in the envelope of a report: a desk's drafts lie in the same. Raises TooLong. */
export async function sealText(written: Uint8Array, recipients: readonly Uint8Array[]): Promise<Bytes> {
  if (recipients.length < 1 || recipients.length > STANZAS)
    throw new RangeError("a report has one to four recipients");
  const text = padTo(written, REPORT_TEXT);
  const all = [...recipients];
  while (all.length < STANZAS) all.push(await recipientOf(identityOf(random(32))));
  return seal(text, shuffled(all));
}

export async function openReport(identity: string, sealed: Uint8Array): Promise<Report | null> {
  const written = await openText(identity, sealed);
  return written && readReport(written);
}

export async function openText(identity: string, sealed: Uint8Array): Promise<Bytes | null> {
  const text = sealed.length === REPORT ? await open(identity, sealed) : null;
  return text && unpad(text);
}

/**
 * A photograph under an id of 16 bytes and a key of its own, whose seed of 32 goes into the report. Raises
 * TooLong.
 */
export async function sealPhotograph(bytes: Uint8Array): Promise<{ id: Bytes; seed: Bytes; sealed: Bytes }> {
  const total = Math.max(LEAST_PHOTOGRAPH, padme(4 + bytes.length));
  if (total > MOST_PHOTOGRAPH) throw new TooLong(4 + bytes.length - MOST_PHOTOGRAPH);
  const seed = random(32);
  const sealed = await seal(padTo(bytes, total), [await recipientOf(identityOf(seed))]);
  return { id: random(16), seed, sealed };
}

export async function openPhotograph(seed: Uint8Array, sealed: Uint8Array): Promise<Bytes | null> {
  const padded = await open(identityOf(seed), sealed);
  return padded && unpad(padded);
}

/**
 * An answer signed with a worker's seed (32) and sealed to the mailbox's recipient (1,216), in 5,755 bytes.
 * Raises TooLong.
 */
export async function sealAnswer(
  answer: Answer,
  signingSeed: Uint8Array,
  recipient: Uint8Array,
): Promise<Bytes> {
  const text = padTo(writeAnswer(answer), ANSWER_TEXT - SIGNATURE);
  const signature = ed25519.sign(joined(SIGNED, text), signingSeed);
  return seal(joined(signature, text), [recipient]);
}

export interface Expected {
  desk: string;
  /** 32 hexadecimal digits. */
  mailbox: string;
  /** The signing keys, of 32 bytes, that the manifest gives for the desk. */
  signatures: readonly Uint8Array[];
}

/** The answer in a slot of 5,312 bytes, or null: nothing in it, not for this mailbox, not by this desk. */
export async function openAnswer(
  identity: string,
  packed: Uint8Array,
  expected: Expected,
): Promise<Answer | null> {
  const whole = packed.length === PACKED ? await open(identity, unpackAnswer(packed)) : null;
  if (whole?.length !== ANSWER_TEXT) return null;
  const text = whole.subarray(SIGNATURE);
  if (!expected.signatures.some((key) => isSigned(whole.subarray(0, SIGNATURE), joined(SIGNED, text), key)))
    return null;
  const written = unpad(text);
  const answer = written && readAnswer(written);
  return answer && answer.desk === expected.desk && answer.mailbox === expected.mailbox ? answer : null;
}

/** Whether an Ed25519 signature holds by RFC 8032 to the letter, so that every program says the same. */
export function isSigned(signature: Uint8Array, signed: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, signed, key, { zip215: false });
  } catch {
    return false;
  }
}

const FIRST = "age-encryption.org/v1\n-> mlkem768x25519 ";
const LAST = "\n--- ";

// Where each part of an answer's envelope stands, and how many bytes it is where that is written in base64.
const ENCAPSULATED = { from: FIRST.length, characters: 1494, bytes: 1120 };
const FILE_KEY = { from: ENCAPSULATED.from + ENCAPSULATED.characters + 1, characters: 43, bytes: 32 };
const MAC = { from: FILE_KEY.from + FILE_KEY.characters + LAST.length, characters: 43, bytes: 32 };
const PAYLOAD = MAC.from + MAC.characters + 1;

/** An answer's envelope without what is the same in each, 5,312 bytes; null for what is no such envelope. */
export function packAnswer(sealed: Uint8Array): Bytes | null {
  if (sealed.length !== ANSWER) return null;
  const header = new TextDecoder("latin1").decode(sealed.subarray(0, PAYLOAD));
  const parts = [ENCAPSULATED, FILE_KEY, MAC].map(({ from, characters, bytes }) =>
    fromUnpadded(header.slice(from, from + characters), bytes),
  );
  if (parts.includes(null)) return null;
  const packed = joined(...(parts as Bytes[]), sealed.subarray(PAYLOAD));
  // What is left out must have been what is put back.
  return unpackAnswer(packed).every((byte, at) => byte === sealed[at]) ? packed : null;
}

/** The envelope again, 5,755 bytes. */
export function unpackAnswer(packed: Uint8Array): Bytes {
  if (packed.length !== PACKED) throw new RangeError("a packed answer has 5,312 bytes");
  const encapsulated = toUnpadded(packed.subarray(0, 1120));
  const fileKey = toUnpadded(packed.subarray(1120, 1152));
  const mac = toUnpadded(packed.subarray(1152, 1184));
  return joined(ascii(`${FIRST}${encapsulated}\n${fileKey}${LAST}${mac}\n`), packed.subarray(1184));
}

async function seal(text: Uint8Array, recipients: readonly Uint8Array[]): Promise<Bytes> {
  if (recipients.some((one) => one.length !== RECIPIENT)) throw new RangeError("a recipient has 1,216 bytes");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipientText(recipient));
  return new Uint8Array(await encrypter.encrypt(text));
}

async function open(identity: string, sealed: Uint8Array): Promise<Bytes | null> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return new Uint8Array(await decrypter.decrypt(sealed));
  } catch {
    return null;
  }
}

function random(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

// Fisher and Yates's, with a number below `left` drawn without favour to any.
function shuffled<T>(all: readonly T[]): T[] {
  const left = [...all];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(drawBelow(left.length), 1));
  return order;
}

function drawBelow(limit: number): number {
  for (;;) {
    const [byte] = random(1);
    if (byte! < 256 - (256 % limit)) return byte! % limit;
  }
}
