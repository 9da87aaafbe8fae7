// Padding, so that the length of what is sealed says little of what was written (section 4 of the protocol).

import type { Bytes } from "./bytes.ts";

const LENGTH = 4;

/** What somebody wrote does not fit. Says by how many bytes, and nothing of what it was. */
export class TooLong extends Error {
  readonly excess: number;

  constructor(excess: number) {
    super(`too long by ${excess} bytes`);
    this.name = "TooLong";
    this.excess = excess;
  }
}

/** `length (4) ‖ bytes ‖ zeros`, `total` bytes in all. Raises TooLong. */
export function padTo(bytes: Uint8Array, total: number): Bytes {
  if (LENGTH + bytes.length > total) throw new TooLong(LENGTH + bytes.length - total);
  const padded = new Uint8Array(total);
  new DataView(padded.buffer).setUint32(0, bytes.length);
  padded.set(bytes, LENGTH);
  return padded;
}

/** What was padded, or null where the length does not fit or anything but zeros follows. */
export function unpad(padded: Uint8Array): Bytes | null {
  if (padded.length < LENGTH) return null;
  const end = LENGTH + new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (end > padded.length || padded.subarray(end).some((byte) => byte !== 0)) return null;
  return padded.slice(LENGTH, end);
}

/**
 * The Padmé length of `length` bytes: at most 12 % more, and only its leading bits differ.
 * Nikitin et al., Reducing Metadata Leakage from Encrypted Files (PoPETs 2019), section 4.
 */
export function padme(length: number): number {
  if (!Number.isSafeInteger(length) || length < 2) throw new RangeError("a length of two bytes or more");
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return step < 1 ? length : Math.ceil(length / step) * step;
}
