// WebP (RFC 9649): a RIFF file of chunks with a name and a length, each padded to an even one.

import { ascii, joined, type Bytes } from "./bytes.ts";
import { turnedBy } from "./exif.ts";
import { Damaged, Moving, Reading, type Picture, type Turned } from "./picture.ts";

const ALPHA = 0x10;
const ANIMATION = 0x02;
const KEPT = new Set(["VP8 ", "VP8L", "ALPH"]);

export function strippedWebp(bytes: Uint8Array): Picture {
  const outer = new Reading(bytes, 4);
  // What follows the length that the file gives itself is left behind.
  const file = new Reading(outer.take(outer.number(4, true)), 4);
  const kept: Uint8Array[] = [];
  let turned: Turned = 0;
  let drawn = false;
  while (file.left > 0) {
    const name = file.text(4);
    const content = file.take(file.number(4, true));
    if (content.length % 2 === 1 && file.left > 0) file.take(1);
    if (name === "VP8X") kept.push(chunk(name, extended(content)));
    if (name === "ANIM" || name === "ANMF") throw new Moving();
    if (name === "EXIF") turned = turnedBy(content);
    if (KEPT.has(name) && !drawn) kept.push(chunk(name, content));
    drawn ||= name === "VP8 " || name === "VP8L";
  }
  if (!drawn) throw new Damaged();
  const whole = joined(ascii("WEBP"), ...kept);
  return { bytes: joined(ascii("RIFF"), littleEndian(whole.length), whole), turned };
}

// Of the flags only that there is transparency: the others announce what has fallen away.
function extended(content: Uint8Array): Bytes {
  if (content.length !== 10) throw new Damaged();
  if ((content[0]! & ANIMATION) !== 0) throw new Moving();
  return joined(new Uint8Array([content[0]! & ALPHA, 0, 0, 0]), content.subarray(4));
}

function chunk(name: string, content: Uint8Array): Bytes {
  return joined(ascii(name), littleEndian(content.length), content, new Uint8Array(content.length % 2));
}

function littleEndian(number: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number, true);
  return bytes;
}
