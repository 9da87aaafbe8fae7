// Passkeys that wrap a key: WebAuthn's extension prf gives 32 bytes for a salt, on this device, once its owner
// was recognised. Nobody is signed in with it, so the site checks nothing of it, and the challenge is any.

import { fromBase64, toBase64, type Bytes } from "../speak/bytes.ts";
import { random, type Passkey, type PasskeyBox } from "./keys.ts";
import { PRF_SALT } from "./wrapping.ts";

export const NO_PASSKEY =
  "This browser or this device cannot open a key with a passkey. A passphrase opens one anywhere.";
const NOT_GIVEN = "No passkey was given, so nothing was done. Try again, or take the passphrase.";
const WAIT_MS = 2 * 60 * 1000;

/** Why no passkey can open a key here, in words; "" where one may. Only the device itself knows for certain. */
export async function whyNoPasskey(): Promise<string> {
  if (!isSecureContext || typeof PublicKeyCredential === "undefined") return NO_PASSKEY;
  // An onion address and a number are no names that a passkey can belong to.
  if (/^[\d.]+$|:|\.onion$/u.test(location.hostname)) {
    return "A passkey belongs to a site's name, and this address has none. A passphrase opens a key anywhere.";
  }
  const told = await PublicKeyCredential.getClientCapabilities?.().catch(() => ({}));
  return (told as Record<string, boolean> | undefined)?.["extension:prf"] === false ? NO_PASSKEY : "";
}

/** A new passkey with what it gives, or why not, in words. */
export async function makePasskey(): Promise<Passkey | string> {
  const salt = random(PRF_SALT);
  try {
    const made = (await navigator.credentials.create({
      publicKey: {
        challenge: random(32),
        rp: { id: location.hostname, name: "Lippen desk key" },
        // A name of its own each time: one of the same name would put an older key's passkey out.
        user: { id: random(32), name: `Desk key, ${today()}`, displayName: "Desk key, not for signing in" },
        pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        attestation: "none",
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    })) as PublicKeyCredential | null;
    if (made === null) return NOT_GIVEN;
    const { prf } = made.getClientExtensionResults();
    if (prf?.enabled !== true) {
      return `${NO_PASSKEY} The passkey that was made just now opens nothing: delete it on your device.`;
    }
    const credential = new Uint8Array(made.rawId);
    const output = bytesOf(prf.results?.first);
    if (output !== null) return { credential, salt, output };
    // Many devices give it only when they are asked a second time.
    return await given([{ credential, salt }]);
  } catch (error) {
    return whyNot(error);
  }
}

/** Asks for one of the passkeys that these boxes name, the newest first. What it gives, or why not. */
export async function askPasskey(boxes: readonly PasskeyBox[]): Promise<Passkey | string> {
  const known: Asked[] = [];
  for (const one of boxes) {
    const credential = fromBase64(one.credential);
    const salt = fromBase64(one.salt, PRF_SALT);
    if (credential !== null && salt !== null) known.push({ credential, salt });
  }
  try {
    return await given(known);
  } catch (error) {
    return whyNot(error);
  }
}

interface Asked {
  readonly credential: Bytes;
  readonly salt: Bytes;
}

async function given(known: readonly Asked[]): Promise<Passkey | string> {
  const asked = new Map<string, Asked>();
  for (const one of known) {
    const name = named(one.credential);
    if (!asked.has(name)) asked.set(name, one);
  }
  const salts = [...asked].map(([name, { salt }]) => [name, { first: salt }] as const);
  const got = (await navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      rpId: location.hostname,
      allowCredentials: [...asked.values()].map((one) => ({ type: "public-key", id: one.credential })),
      userVerification: "required",
      timeout: WAIT_MS,
      extensions: { prf: { evalByCredential: Object.fromEntries(salts) } },
    },
  })) as PublicKeyCredential | null;
  if (got === null) return NOT_GIVEN;
  const output = bytesOf(got.getClientExtensionResults().prf?.results?.first);
  const one = asked.get(named(new Uint8Array(got.rawId)));
  return output === null || one === undefined ? NO_PASSKEY : { ...one, output };
}

function bytesOf(given: BufferSource | undefined): Bytes | null {
  if (given === undefined) return null;
  const bytes = ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
  return bytes.length === 32 ? new Uint8Array(bytes) : null;
}

// As the extension names a credential: base64url without padding.
function named(credential: Bytes): string {
  return toBase64(credential).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function whyNot(error: unknown): string {
  return error instanceof DOMException && error.name === "NotAllowedError" ? NOT_GIVEN : NO_PASSKEY;
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
