// Photographs of 24 by 16 dots, and what cameras, telephones and editors write beside them.
//
// The pictures themselves were made once by a browser's canvas and, those that it does not make, by Pillow.

import { crc32 } from "node:zlib";
import { ascii, joined } from "./speak/bytes.ts";

/** Stands in everything that has to fall. */
export const CANARY = "55.9057N 3.9722W serial 8841";

export interface TestPicture {
  what: string;
  bytes: Uint8Array;
}

const picture = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "base64"));

const JPEG = picture(`
  /9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAA
  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  AAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChn
  VFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAA
  b6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQA
  AAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAg
  ADIAMAAxADb/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBD
  AQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAQABgDASIAAhEB
  AxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAgGB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAVAQEBAAAAAAAAAAAAAAAAAAAFBv/EACURAAEB
  BQgDAAAAAAAAAAAAABEABhIUFSMBBAUxQmKh4VFhY//aAAwDAQACEQMRAD8AySlkcgXEWRjXawB0nMbrPCTv7SxjtIA6jmPSDrITnnz56UFM
  9vPS/9k=
`);

const PROGRESSIVE = picture(`
  /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8t
  MC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wgAR
  CAAQABgDASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAYHBf/EABYBAQEBAAAAAAAAAAAAAAAAAAQDBf/dAAQAAf/aAAwDAQACEAMQ
  AAAByKXHASf/0FAbSeV//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABBQJ//9B//9F//9J//9N//9R//8QAHBEAAQMFAAAAAAAAAAAA
  AAAAAAMFERMUImGh/9oACAEDAQE/AV3KtGPT/9C50f/EAB0RAAECBwAAAAAAAAAAAAAAAAAEBRETFCJioeH/2gAIAQIBAT8BUNE6F+un/9Cu
  xP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEABj8Cf//Qf//Rf//Sf//Tf//Uf//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAT8h
  f//Qf//Rf//Sf//Tf//Uf//aAAwDAQACAAMAAAAQ9//Qy//EABoRAAICAwAAAAAAAAAAAAAAAAARMVFh4fD/2gAIAQMBAT8QrKdpWD//0Ono
  /8QAGhEAAgIDAAAAAAAAAAAAAAAAEVEAMWHh8P/aAAgBAgEBPxBUBaxgp//Q4Op//8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxB/
  /9B//9F//9J//9N//9R//9k=
`);

const IN_RGB = picture(`
  /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAGBAUGBQQGBgUGBwcGCAoQCgoJCQoUDg8MEBcUGBgXFBYWGh0lHxobIxwWFiAsICMmJykqKRkfLTAt
  KDAlKCko/8AAEQgAEAAYA1IRAEcRAEIRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQEC
  AwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0
  dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/a
  AAwDUgBHAEIAAD8A9rrxSvn+uqr7ror86q+Kq9VoooooorVr6Vrla//Z
`);

const PNG = picture(`
  iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAYAAAAMJL+VAAAATUlEQVR4AeyRQQ0AMAgDBwomAQlImORJQQIS5oA5aB98IblXm5BcNdwK8dIK
  scgpydvxPKAKRxFX5JGC2JaC8HsKMRvwDWijWZgNqMAPAAD//35/WOMAAAAGSURBVAMABz1RGcDN4cEAAAAASUVORK5CYII=
`);

const WITH_PALETTE = picture(`
  iVBORw0KGgoAAAANSUhEUgAAABgAAAAQAgMAAABxSlcGAAAADFBMVEXw4CAwsEAgQGDQMCCoGJOOAAAAAnRSTlP/AOW3MEoAAAAgSURBVHic
  Y/zPwMiwioGJgYGBgYEEinEVAwPDatL1AQAD6gMe2313DAAAAABJRU5ErkJggg==
`);

const WEBP = picture(`
  UklGRjgCAABXRUJQVlA4WAoAAAAgAAAAFwAADwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAA
  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  AAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChn
  VFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAA
  b6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQA
  AAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAg
  ADIAMAAxADZWUDggSgAAAFACAJ0BKhgAEAABQCYloAJ0yhHA3gG8AA3+AAD+7I3//QR//x2R//z7L//IMfireoX/7sZbi2/0Dcf//+voFAG6
  eMS3MW0PgAAA
`);

const WEBP_WITH_ALPHA = picture(`
  UklGRkwCAABXRUJQVlA4WAoAAAAwAAAAFwAADwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAA
  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  AAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChn
  VFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAA
  b6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQA
  AAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAg
  ADIAMAAxADZBTFBIFAAAAAEPMP8REUIsmMxfujeEiP5HmTQBVlA4IEIAAABwAgCdASoYABAAAUAmJaACdLoB+FYDFikjJNEAAP7r43/B6b/s
  12f/IMfikf/7skze/ooM//+39HpX5o+NI8WIAAA=
`);

const WEBP_LOSSLESS = picture(`
  UklGRiACAABXRUJQVlA4WAoAAAAwAAAAFwAADwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAA
  AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  AAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChn
  VFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAA
  b6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQA
  AAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAg
  ADIAMAAxADZWUDhMMgAAAC8XwAMQHyAQSEYfKVyBACFFgmSpAoEktP0pRpn/CNQfAZkwxEoqqaRfgoj+R7vxhOQY
`);

const number = (value: number, length: number) =>
  Uint8Array.from({ length }, (_, at) => value >>> (8 * (length - 1 - at)));
const backwards = (value: number) => number(value, 4).reverse();

// A TIFF block that says how the camera was held, and then where and with which.
function exif(orientation: number, littleEndian: boolean): Uint8Array {
  const order = (bytes: Uint8Array) => (littleEndian ? bytes.reverse() : bytes);
  const entry = (tag: number, kind: number, count: number, value: Uint8Array) =>
    joined(order(number(tag, 2)), order(number(kind, 2)), order(number(count, 4)), value);
  return joined(
    ascii(littleEndian ? "II" : "MM"),
    order(number(42, 2)),
    order(number(8, 4)),
    order(number(2, 2)),
    entry(0x010f, 2, CANARY.length + 1, order(number(38, 4))),
    entry(0x0112, 3, 1, joined(order(number(orientation, 2)), number(0, 2))),
    order(number(0, 4)),
    ascii(`${CANARY}\0`),
  );
}

function segment(marker: number, content: Uint8Array): Uint8Array {
  return joined(new Uint8Array([0xff, marker]), number(content.length + 2, 2), content);
}

// After the first two bytes, where a camera writes its own.
function jpegWith(jpeg: Uint8Array, ...segments: Uint8Array[]): Uint8Array {
  return joined(jpeg.subarray(0, 2), ...segments, jpeg.subarray(2));
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const named = joined(ascii(name), content);
  return joined(number(content.length, 4), named, number(crc32(named), 4));
}

// After the first chunk, which has 25 bytes in each.
function pngWith(png: Uint8Array, ...chunks: Uint8Array[]): Uint8Array {
  return joined(png.subarray(0, 33), ...chunks, png.subarray(33));
}

function part(name: string, content: Uint8Array): Uint8Array {
  return joined(ascii(name), backwards(content.length), content, new Uint8Array(content.length % 2));
}

function webpWith(webp: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const content = joined(webp.subarray(8), ...parts);
  return joined(ascii("RIFF"), backwards(content.length), content);
}

const canary = ascii(CANARY);
const xmp = joined(ascii("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>"), canary);
const thumbnail = joined(
  ascii("JFIF\0"),
  new Uint8Array([1, 2, 1, 0, 72, 0, 72, 3, 3]),
  canary.subarray(0, 27),
);

// Behind the transparency of each colour of the palette, words.
function longTransparency(): Uint8Array {
  const at = Buffer.from(WITH_PALETTE).indexOf("tRNS") - 4;
  const opaque = new Uint8Array([255, 0, 229, 255]);
  return joined(WITH_PALETTE.subarray(0, at), chunk("tRNS", joined(opaque, canary)), WITH_PALETTE.subarray(at + 14));
}

export const PICTURES: TestPicture[] = [
  { what: "a picture that a browser wrote, with a colour profile", bytes: JPEG },
  {
    what: "a telephone's photograph, held upright, with a film behind it",
    bytes: joined(
      jpegWith(
        JPEG,
        segment(0xe1, joined(ascii("Exif\0\0"), exif(6, false))),
        segment(0xe1, xmp),
        segment(0xe2, joined(ascii("MPF\0"), canary)),
        segment(0xed, joined(ascii("Photoshop 3.0\0"), canary)),
        segment(0xef, canary),
        segment(0xfe, canary),
      ),
      JPEG,
      ascii("\0\0\0\x18ftypmp42"),
      canary,
    ),
  },
  {
    what: "upside down, told in the other order of bytes",
    bytes: jpegWith(JPEG, segment(0xe1, joined(ascii("Exif\0\0"), exif(3, true)))),
  },
  {
    what: "progressive, with restarts, a thumbnail of its own and one in an extension",
    bytes: jpegWith(
      PROGRESSIVE,
      segment(0xe0, thumbnail),
      segment(0xe0, joined(ascii("JFXX\0\x10"), canary)),
    ),
  },
  { what: "in red, green and blue, which one segment tells", bytes: jpegWith(IN_RGB, segment(0xfe, canary)) },
  {
    what: "a picture of a screen, with text, a profile and what was cut away behind its end",
    bytes: joined(
      pngWith(
        PNG,
        chunk("iCCP", canary),
        chunk("gAMA", number(45455, 4)),
        chunk("pHYs", number(0, 9)),
        chunk("eXIf", exif(8, true)),
        chunk("tEXt", canary),
        chunk("zTXt", canary),
        chunk("iTXt", canary),
        chunk("tIME", number(1, 7)),
        chunk("prVt", canary),
      ),
      chunk("IDAT", canary),
      canary,
    ),
  },
  { what: "with a palette and transparency", bytes: pngWith(WITH_PALETTE, chunk("tEXt", canary)) },
  {
    what: "words where a picture has no place for them: in its end, and in a palette that nothing is drawn from",
    bytes: joined(
      pngWith(PNG, chunk("PLTE", canary.subarray(0, 27)), chunk("tRNS", canary)).subarray(0, -12),
      chunk("IEND", canary),
    ),
  },
  { what: "transparency for more colours than there are", bytes: longTransparency() },
  {
    what: "WebP with all that it can carry",
    bytes: joined(
      webpWith(
        WEBP,
        part("EXIF", joined(ascii("Exif\0\0"), exif(6, false))),
        part("XMP ", joined(canary, ascii("!"))),
        part("NOTE", canary),
      ),
      canary,
    ),
  },
  { what: "WebP with transparency", bytes: webpWith(WEBP_WITH_ALPHA, part("EXIF", exif(1, true))) },
  { what: "WebP without loss", bytes: webpWith(WEBP_LOSSLESS, part("XMP ", canary)) },
];

const moving = joined(
  ascii("RIFF"),
  backwards(22),
  ascii("WEBPVP8X"),
  backwards(10),
  new Uint8Array([2]),
  number(0, 9),
);

export const REFUSED: TestPicture[] = [
  { what: "nothing", bytes: new Uint8Array(0) },
  { what: "a GIF", bytes: joined(ascii("GIF89a"), number(0, 20)) },
  { what: "a telephone's own kind", bytes: joined(number(24, 4), ascii("ftypheic"), number(0, 12)) },
  { what: "a drawing that could hold a script", bytes: ascii("<svg xmlns='http://www.w3.org/2000/svg'/>") },
  { what: "a page for printing", bytes: ascii("%PDF-1.7") },
  { what: "a JPEG that ends too early", bytes: JPEG.subarray(0, JPEG.length - 20) },
  { what: "a JPEG of its first three bytes", bytes: JPEG.subarray(0, 3) },
  { what: "a JPEG with nothing drawn", bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]) },
  { what: "a PNG that ends too early", bytes: PNG.subarray(0, PNG.length - 6) },
  {
    what: "a PNG that does not begin with its size",
    bytes: joined(PNG.subarray(0, 8), chunk("tEXt", canary), PNG.subarray(8)),
  },
  { what: "a WebP that is longer than the file", bytes: WEBP.subarray(0, WEBP.length - 2) },
  { what: "a WebP with nothing drawn", bytes: joined(ascii("RIFF"), backwards(4), ascii("WEBP")) },
  { what: "a WebP that moves", bytes: moving },
];
