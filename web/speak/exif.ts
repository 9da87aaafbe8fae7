// How the camera was held, read from Exif before it falls away: the one thing in it that a viewer needs.

import { ascii } from "./bytes.ts";
import { Damaged, Reading, type Turned } from "./picture.ts";

const NAME = ascii("Exif\0\0");
const ORIENTATION = 0x0112;

// Exif 2.32, tag 274. Mirrored ones (2, 4, 5, 7) are turned as those beside them; no camera writes them.
const TURNED: Record<number, Turned> = { 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270 };

/**
 * Reads Exif with its name in front (JPEG) or without (PNG; WebP has both). What cannot be read is not
 * turned: a picture is not refused for what falls away.
 */
export function turnedBy(exif: Uint8Array): Turned {
  try {
    return (
      TURNED[
        orientationIn(NAME.every((byte, at) => exif[at] === byte) ? exif.subarray(NAME.length) : exif)
      ] ?? 0
    );
  } catch (fault) {
    if (fault instanceof Damaged) return 0;
    throw fault;
  }
}

function orientationIn(tiff: Uint8Array): number {
  const header = new Reading(tiff);
  const littleEndian = header.text(2) === "II";
  if (header.number(2, littleEndian) !== 42) return 1;
  const directory = new Reading(tiff, header.number(4, littleEndian));
  for (let entries = directory.number(2, littleEndian); entries > 0; entries -= 1) {
    const tag = directory.number(2, littleEndian);
    directory.take(6);
    const value = directory.number(2, littleEndian);
    directory.take(2);
    if (tag === ORIENTATION) return value;
  }
  return 1;
}
