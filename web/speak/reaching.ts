// What the page asks of its server, and what it makes of the answers. Nothing here tells what stands in a
// message.

import { joined } from "./bytes.ts";
import { prove } from "./proof.ts";

export const DIFFICULTY = 8;
const CHALLENGE = 40; // bytes
const MAILBOX = 15_936; // bytes

/** Why something did not reach the server: told to the resident in words, so that she knows what helps. */
export type Hindrance = "lost" | "busy" | "desk full";

export class NotReached extends Error {
  readonly hindrance: Hindrance;

  constructor(hindrance: Hindrance) {
    super(hindrance);
    this.hindrance = hindrance;
  }
}

const PATIENCE = 90_000; // milliseconds: a photograph of 8 MiB does not pass a slow line faster
const STALE = 8 * 60_000; // a challenge lives ten minutes

const SEALED = { "content-type": "application/octet-stream" };

async function ask(path: string, body?: Uint8Array): Promise<Response> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: patience.signal,
      ...(body === undefined ? {} : { body: body as BodyInit, headers: SEALED }),
    });
  } catch {
    throw new NotReached("lost");
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new NotReached("lost");
  }
}

/**
 * The bytes of an answer that has exactly so many. A wifi that asks for a login answers 200 with a page of its
 * own: that is no answer of the door's.
 */
async function exactly(length: number, response: Response): Promise<Uint8Array> {
  const bytes = response.status === 200 ? await bodyOf(response) : undefined;
  if (bytes?.length === length && response.headers.get("content-type") === SEALED["content-type"]) return bytes;
  throw notReached(response);
}

/** Too much is coming in only where the door says so: any other answer may be somebody else's. */
function notReached({ status }: Response, full: Hindrance = "busy"): NotReached {
  return new NotReached(status === 429 ? "busy" : status === 503 ? full : "lost");
}

/** The bytes of a file, or null when the server has none of that name. */
export async function fetched(path: string): Promise<Uint8Array | null> {
  const response = await ask(path);
  if (response.status === 404) return null;
  if (!response.ok) throw notReached(response);
  return bodyOf(response);
}

export interface Proof {
  readonly challenge: Uint8Array;
  readonly proof: Uint8Array;
  readonly since: number;
}

/** A challenge and the work on it. Between its batches `breathe` gives the page time for whoever uses it. */
export async function workedOut(breathe: () => Promise<void>): Promise<Proof> {
  const response = await ask("/challenge");
  const challenge = await exactly(CHALLENGE, response);
  const since = Date.now();
  return { challenge, proof: await prove(challenge, DIFFICULTY, breathe), since };
}

export function isStale(proof: Proof): boolean {
  return Date.now() - proof.since > STALE;
}

/** Sends one message with its proof. */
export async function deliver(
  path: "/reports" | "/photographs",
  proof: Proof,
  message: Uint8Array,
): Promise<void> {
  const response = await ask(path, joined(proof.challenge, proof.proof, message));
  if (response.status === 204) return;
  throw notReached(response, "desk full");
}

/** What lies in a mailbox: three slots, alike for every receipt there could be. */
export async function readMailbox(id: Uint8Array, authenticator: Uint8Array): Promise<Uint8Array> {
  const response = await ask("/mailbox/read", joined(id, authenticator));
  return exactly(MAILBOX, response);
}

export async function destroyMailbox(id: Uint8Array, authenticator: Uint8Array): Promise<void> {
  const response = await ask("/mailbox/destroy", joined(id, authenticator));
  if (response.status !== 204) throw notReached(response);
}
