// PNG (W3C, third edition): a signature, and chunks with a length, a name and a checksum.

import { joined } from "./bytes.ts";
import { turnedBy } from "./exif.ts";
import { Damaged, Reading, type Picture, type Turned } from "./picture.ts";

// The four without which no picture is drawn, and what is transparent. Colour spaces fall too: those of a
// picture of a screen describe that one screen. So do the frames of an animation after the first.
const KEPT = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

export function strippedPng(bytes: Uint8Array): Picture {
  const file = new Reading(bytes);
  const kept: Uint8Array[] = [file.take(8)];
  let turned: Turned = 0;
  for (;;) {
    const from = file.at;
    const length = file.number(4);
    const name = file.text(4);
    const content = file.take(length);
    file.take(4);
    if ((kept.length === 1) !== (name === "IHDR")) throw new Damaged();
    if (KEPT.has(name)) kept.push(bytes.subarray(from, file.at));
    if (name === "eXIf") turned = turnedBy(content);
    // Whatever follows the end is left behind: some editors leave there what was cut away.
    if (name === "IEND") return { bytes: joined(...kept), turned };
  }
}
