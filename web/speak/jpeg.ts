// JPEG (ITU-T T.81, annex B): segments, each with a marker and a length, and the scans between them.

import { ascii, joined, type Bytes } from "./bytes.ts";
import { turnedBy } from "./exif.ts";
import { Damaged, Reading, type Picture, type Turned } from "./picture.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const DNL = 0xdc;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;
const COM = 0xfe;

// What a picture is drawn from: baseline, extended and progressive frames (the kinds that browsers show),
// tables of Huffman codes and of quantisation, the restart interval, and a number of lines told late.
const KEPT = new Set([0xc0, 0xc1, 0xc2, 0xc4, 0xdb, DNL, DRI]);

// Written anew instead of kept: the density and a thumbnail stand in the file's own.
const JFIF = marked(APP0, joined(ascii("JFIF\0"), new Uint8Array([1, 1, 0, 0, 1, 0, 1, 0, 0])));

export function strippedJpeg(bytes: Uint8Array): Picture {
  const file = new Reading(bytes);
  const kept: Uint8Array[] = [file.take(2)];
  let turned: Turned = 0;
  let drawn = false;
  for (;;) {
    const marker = nextMarker(file);
    // Whatever follows the end is left behind: a film, a second picture, what an editor had cut away.
    if (marker === EOI && drawn) {
      return { bytes: joined(...kept, new Uint8Array([0xff, EOI])), turned };
    }
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= EOI)) throw new Damaged();
    const segment = file.take(file.number(2) - 2);
    if (marker === SOS) {
      kept.push(marked(SOS, segment), scanIn(file, bytes));
      drawn = true;
    } else if (KEPT.has(marker)) {
      if ((marker === DNL || marker === DRI) && segment.length !== 2) throw new Damaged();
      kept.push(marked(marker, segment));
    } else if (marker === APP0) {
      if (begins(segment, "JFIF\0")) kept.push(JFIF);
    } else if (marker === APP1) {
      if (begins(segment, "Exif\0\0")) turned = turnedBy(segment);
    } else if (marker === APP14) {
      if (begins(segment, "Adobe") && segment.length >= 12) kept.push(adobe(segment[11]!));
    } else if (!(marker > APP1 && marker < 0xf0) && marker !== COM) {
      throw new Damaged();
    }
  }
}

function nextMarker(file: Reading): number {
  if (file.number(1) !== 0xff) throw new Damaged();
  let marker = 0xff;
  while (marker === 0xff) marker = file.number(1);
  return marker;
}

// Up to the next marker that is no restart: in a scan 0xff stands before 0 where it is meant itself.
function scanIn(file: Reading, bytes: Uint8Array): Uint8Array {
  const from = file.at;
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    if (next !== 0 && !(next >= 0xd0 && next < SOI)) return file.take(at - from);
  }
  throw new Damaged();
}

// Without it a picture in red, green and blue, or for print, is drawn in wrong colours. No more of it is kept.
function adobe(transform: number): Bytes {
  return marked(APP14, joined(ascii("Adobe"), new Uint8Array([0, 100, 0, 0, 0, 0, transform])));
}

function marked(marker: number, segment: Uint8Array): Bytes {
  const length = segment.length + 2;
  return joined(new Uint8Array([0xff, marker, length >> 8, length & 255]), segment);
}

function begins(segment: Uint8Array, text: string): boolean {
  return ascii(text).every((byte, at) => segment[at] === byte);
}
