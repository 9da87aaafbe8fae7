// Bytes put together, as numbers, and as text.

import { base64, base64nopad, hex } from "@scure/base";

/** Bytes in memory of their own: what the browser's own functions take. */
export type Bytes = Uint8Array<ArrayBuffer>;

export function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function ascii(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Compares without stopping at the first difference. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let differing = 0;
  for (let at = 0; at < one.length; at += 1) differing |= one[at]! ^ other[at]!;
  return differing === 0;
}

/** Big-endian, the most significant byte first. */
export function numberFrom(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

export function numberIn(number: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(number & 255n);
    number >>= 8n;
  }
  return bytes;
}

export const toHex = (bytes: Uint8Array): string => hex.encode(bytes);
export const toBase64 = (bytes: Uint8Array): string => base64.encode(bytes);
export const toUnpadded = (bytes: Uint8Array): string => base64nopad.encode(bytes);

/** The bytes that somebody else's text stands for, or null; where `length` is given, exactly so many. */
export function fromBase64(text: unknown, length?: number): Bytes | null {
  return decoded(() => base64.decode(text as string), text, length);
}

export function fromHex(text: unknown, length: number): Bytes | null {
  return decoded(() => hex.decode(text as string), text, length);
}

export function fromUnpadded(text: string, length: number): Bytes | null {
  return decoded(() => base64nopad.decode(text), text, length);
}

function decoded(decode: () => Uint8Array, text: unknown, length?: number): Bytes | null {
  if (typeof text !== "string") return null;
  try {
    const bytes = decode();
    return length === undefined || bytes.length === length ? new Uint8Array(bytes) : null;
  } catch {
    return null;
  }
}
