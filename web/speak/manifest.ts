// The partnership's signed manifest: which desks there are, with whose keys, and how else to reach them
// (section 11 of the protocol). What it says is believed because of its signature, and its key because of six
// words on a leaflet.

import { sha256 } from "@noble/hashes/sha2.js";
import { ascii, fromBase64, fromHex, joined, numberFrom, toHex, type Bytes } from "./bytes.ts";
import { RECIPIENT } from "./hybrid_keys.ts";
import { fieldsIn, hasKeys, isDay, isFields, isListOf, isText, type Fields } from "./messages.ts";
import { isSigned } from "./sealing.ts";
import { wordAt, WORDS } from "./wordlist.ts";

export interface Desk {
  id: string;
  name: string;
  serves: string;
  telephone: string;
  drop_in: string;
  freepost: string;
  /** SHA-256 of the desk's file of keys, in hexadecimal. */
  keys: string;
  until: string;
  /** Signing keys of 32 bytes. */
  signatures: Bytes[];
  /** False once `until` has come: such a desk can be telephoned, but nothing is sealed to it. */
  open: boolean;
}

export interface Manifest {
  name: string;
  issued: string;
  expires: string;
  /** Where a visitor who leaves is sent, over HTTPS. */
  leave: string;
  /** SHA-256 of each file of the page, in hexadecimal. */
  files: Record<string, string>;
  desks: Desk[];
  partners: { id: string; name: string }[];
  /** Larger areas, with the residents of their small areas. */
  areas: { name: string; small_areas: number[] }[];
  /** The partnership's public key, 32 bytes. */
  key: Bytes;
}

/** An expired manifest still says, under its signature, how else to reach a desk. */
export type ReadManifest =
  | { fault?: undefined; manifest: Manifest }
  | { fault: "expired"; manifest: Manifest }
  | { fault: "unreadable" | "not signed"; manifest?: undefined };

/** Reads `/manifest.json` as it is on `today` (`2026-11-28`). */
export function readManifest(bytes: Uint8Array, today: string): ReadManifest {
  const outer = fieldsIn(bytes);
  if (outer === null || !hasKeys(outer, "payload", "signature", "key")) return { fault: "unreadable" };
  const payload = fromBase64(outer["payload"]);
  const signature = fromBase64(outer["signature"], 64);
  const key = fromBase64(outer["key"], 32);
  if (payload === null || signature === null || key === null) return { fault: "unreadable" };
  const signed = joined(ascii("lippen-speak/1 manifest"), new Uint8Array(1), payload);
  if (!isSigned(signature, signed, key)) return { fault: "not signed" };
  const read = fieldsIn(payload);
  if (read === null || !isPayload(read)) return { fault: "unreadable" };
  const manifest: Manifest = {
    name: read.name,
    issued: read.issued,
    expires: read.expires,
    leave: read.leave,
    files: read.files,
    desks: read.desks.map((desk) => ({
      ...desk,
      signatures: desk.signatures.map((one) => fromBase64(one, 32)!),
      open: today < desk.until,
    })),
    partners: read.partners,
    areas: read.areas,
    key,
  };
  return today < read.expires ? { manifest } : { fault: "expired", manifest };
}

export type DeskKeys =
  | { recipients: Bytes[]; fault?: undefined }
  | { recipients?: undefined; fault: "no such desk" | "closed" | "other keys" | "unreadable" };

/** The recipients in `/desks/<id>.json`, one to four of 1,216 bytes. */
export function deskKeys(manifest: Manifest, id: string, bytes: Uint8Array): DeskKeys {
  const desk = manifest.desks.find((one) => one.id === id);
  if (desk === undefined) return { fault: "no such desk" };
  if (!desk.open) return { fault: "closed" };
  if (toHex(sha256(bytes)) !== desk.keys.toLowerCase()) return { fault: "other keys" };
  const read = fieldsIn(bytes);
  if (read === null || read["desk"] !== id || !isListOf(read["recipients"], isText))
    return { fault: "unreadable" };
  const recipients = read["recipients"].map((one) => fromBase64(one, RECIPIENT));
  if (recipients.length < 1 || recipients.length > 4 || recipients.includes(null))
    return { fault: "unreadable" };
  return { recipients: recipients as Bytes[] };
}

/** Six words of a public key of 32 bytes, as they stand on the leaflet. */
export function fingerprint(key: Uint8Array): string[] {
  const base = BigInt(WORDS);
  let number = numberFrom(sha256(key).subarray(0, 12)) % base ** 6n;
  const words: string[] = [];
  for (let place = 0; place < 6; place += 1) {
    words.unshift(wordAt(Number(number % base)));
    number /= base;
  }
  return words;
}

/** What messages for a desk begin with, 16 bytes. */
export function deskNumber(id: string): Bytes {
  return new Uint8Array(sha256(joined(ascii("lippen-speak/1 desk"), ascii(id)))).slice(0, 16);
}

interface Payload extends Omit<Manifest, "key" | "desks"> {
  desks: (Omit<Desk, "signatures" | "open"> & { signatures: string[] })[];
}

function isPayload(read: Fields): read is Fields & Payload {
  return (
    read["v"] === 1 &&
    isText(read["name"]) &&
    isDay(read["issued"]) &&
    isDay(read["expires"]) &&
    isText(read["leave"]) &&
    // The page goes there: an address of another kind could run as a script.
    read["leave"].startsWith("https://") &&
    isFields(read["files"]) &&
    Object.values(read["files"]).every((digest) => fromHex(digest, 32) !== null) &&
    isListOf(read["desks"], isDesk) &&
    isListOf(read["partners"], isPartner) &&
    isListOf(read["areas"], isArea)
  );
}

function isDesk(value: unknown): value is Payload["desks"][number] {
  return (
    isFields(value) &&
    ["id", "name", "serves", "telephone", "drop_in", "freepost"].every((key) => isText(value[key])) &&
    fromHex(value["keys"], 32) !== null &&
    isDay(value["until"]) &&
    isListOf(value["signatures"], (one): one is string => fromBase64(one, 32) !== null)
  );
}

function isPartner(value: unknown): value is { id: string; name: string } {
  return isFields(value) && isText(value["id"]) && isText(value["name"]);
}

function isArea(value: unknown): value is { name: string; small_areas: number[] } {
  const isResidents = (one: unknown): one is number => Number.isSafeInteger(one) && (one as number) >= 0;
  return isFields(value) && isText(value["name"]) && isListOf(value["small_areas"], isResidents);
}
