// What a camera writes beside the picture (place, time, make, serial number, owner, thumbnails) taken out
// before a photograph is sealed, and the picture left as it is to the bit. A bundle of its own: few
// who speak send a photograph.
//
// Only the parts that a picture is drawn from are kept, and everything else falls: a part that nobody thought
// of falls too. What lies in the picture itself stays: what it shows, the traces of one camera's sensor, and
// what somebody hid by hand in the picture's own data, such as behind the end of what is packed there.

import { strippedJpeg } from "./jpeg.ts";
import type { PhotographType } from "./messages.ts";
import { Damaged, Moving, type Picture, type Turned } from "./picture.ts";
import { strippedPng } from "./png.ts";
import { strippedWebp } from "./webp.ts";

export type { Turned };

export interface Stripped extends Picture {
  type: PhotographType;
  fault?: undefined;
}

/** `kind`: no JPEG, PNG or WebP. `damaged`: not whole, or not written as its kind is. `moving`: animated. */
export interface NotStripped {
  fault: "kind" | "damaged" | "moving";
}

/** The picture without what was written beside it, or why not. */
export function strip(bytes: Uint8Array): Stripped | NotStripped {
  const starts = (text: string, at = 0) =>
    [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));
  try {
    if (starts("\xff\xd8\xff")) return { type: "image/jpeg", ...strippedJpeg(bytes) };
    if (starts("\x89PNG\r\n\x1a\n")) return { type: "image/png", ...strippedPng(bytes) };
    if (starts("RIFF") && starts("WEBP", 8)) return { type: "image/webp", ...strippedWebp(bytes) };
    return { fault: "kind" };
  } catch (fault) {
    if (fault instanceof Moving) return { fault: "moving" };
    if (fault instanceof Damaged) return { fault: "damaged" };
    throw fault;
  }
}
