// PNG (W3C, third edition): a signature, and chunks with a length, a name and a checksum.

import { ascii, joined, type Bytes } from "./bytes.ts";
import { turnedBy } from "./exif.ts";
import { Damaged, Reading, type Picture, type Turned } from "./picture.ts";

// The four without which no picture is drawn, and what is transparent. Colour spaces fall too: those of a
// picture of a screen describe that one screen. So do the frames of an animation after the first.
const END = new Uint8Array([0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130]); // IEND has nothing in it
const GREY = 0;
const RGB = 2;
const PALETTE = 3;

export function strippedPng(bytes: Uint8Array): Picture {
  const file = new Reading(bytes);
  const kept: Uint8Array[] = [file.take(8)];
  let turned: Turned = 0;
  let colours = GREY;
  let depth = 0;
  let palette = 0; // colours in it
  let last = ""; // of what was kept
  for (;;) {
    const from = file.at;
    const length = file.number(4);
    const name = file.text(4);
    const content = file.take(length);
    file.take(4);
    if ((last === "") !== (name === "IHDR")) throw new Damaged();
    // Whatever follows the end is left behind: some editors leave there what was cut away.
    if (name === "IEND") return { bytes: joined(...kept, END), turned };
    if (name === "eXIf") turned = turnedBy(content);
    let draws = name === "IDAT";
    if (name === "IHDR") {
      if (length !== 13) throw new Damaged();
      [depth, colours] = [content[8]!, content[9]!];
      draws = true;
    } else if (name === "PLTE" && last === "IHDR" && colours === PALETTE) {
      // Where colours are no palette's, one only advises screens that have few.
      palette = length / 3;
      if (!Number.isInteger(palette) || palette > 2 ** depth) throw new Damaged();
      draws = true;
    } else if (name === "tRNS" && (last === "IHDR" || last === "PLTE")) {
      // Of one that is longer than the palette browsers draw as much as there are colours. Elsewhere it has one
      // length, and another is passed over.
      if (colours === PALETTE && length > palette) {
        kept.push(chunk("tRNS", content.subarray(0, palette)));
        last = name;
      } else draws = colours === PALETTE || length === { [GREY]: 2, [RGB]: 6 }[colours];
    }
    if (draws) {
      kept.push(bytes.subarray(from, file.at));
      last = name;
    }
  }
}

function chunk(name: string, content: Uint8Array): Bytes {
  const whole = joined(new Uint8Array(4), ascii(name), content, new Uint8Array(4));
  const view = new DataView(whole.buffer);
  view.setUint32(0, content.length);
  view.setUint32(whole.length - 4, checksum(whole.subarray(4, -4)));
  return whole;
}

// CRC-32 (the standard's annex D), bit by bit: at most 264 bytes.
function checksum(bytes: Uint8Array): number {
  let rest = -1;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  }
  return ~rest;
}
