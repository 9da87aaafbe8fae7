// What the three kinds of picture share: how one is handed on, and why one is refused.

import type { Bytes } from "./bytes.ts";

/** Degrees clockwise by which a picture has to be turned to stand upright, which it no longer says itself. */
export type Turned = 0 | 90 | 180 | 270;

export interface Picture {
  bytes: Bytes;
  turned: Turned;
}

export class Damaged extends Error {}
export class Moving extends Error {}

/** Bytes read in order, which end where they end: what would be read beyond is Damaged. */
export class Reading {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.left) throw new Damaged();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  number(length: 1 | 2 | 4, littleEndian = false): number {
    const bytes = this.take(length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    if (length === 1) return view.getUint8(0);
    return length === 2 ? view.getUint16(0, littleEndian) : view.getUint32(0, littleEndian);
  }

  text(length: number): string {
    return String.fromCharCode(...this.take(length));
  }
}
