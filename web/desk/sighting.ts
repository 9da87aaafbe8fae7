// A sighting as it is written: what was offered for sale, and what of it could show who saw it.

import { fieldsIn, hasKeys, isText, type Report } from "../speak/messages.ts";
import { contactsIn, without } from "../sightings/contacts.ts";
import { asOffered, isOffer } from "../speak/offer.ts";
import { refuses, type Partner, type Wishes } from "./conditions.ts";
import { dayTold } from "./days.ts";
import { judge, type Around, type Finding } from "./gate.ts";
import type { LogContent } from "./log.ts";
import { placesIn } from "./places.ts";
import { hasLetter, isPlain } from "./signs.ts";

export interface Sighting {
  v: 1;
  sighting: "offer";
  product: string;
  channel: string;
  words: string;
  price: string;
  quantity: string;
  area: string;
  /** The Monday of its week. */
  week: string;
  /** Whoever holds sightings here. */
  holder: string;
  not_before: string | null;
}

const TEXTS = ["sighting", "product", "channel", "words", "price", "quantity", "area", "week", "holder"] as const;
/** The texts that are written freely, each with the name by which a finding calls it. */
const FREE = [
  ["product", "what was offered"],
  ["words", "the words"],
  ["quantity", "how much"],
] as const;

/** Kinds of place on the resident's page that are a channel of a sighting. */
const CHANNELS: Readonly<Record<string, string>> = {
  street: "street",
  phone: "phone",
  social: "social",
  dark: "dark web",
  shop: "shop",
};

/** The sighting as JSON, the same each time for the same one. */
export function writeSighting(one: Sighting): string {
  const { v, sighting, product, channel, words, price, quantity, area, week, holder, not_before } = one;
  return JSON.stringify({ v, sighting, product, channel, words, price, quantity, area, week, holder, not_before });
}

export function readSighting(written: string): Sighting | null {
  const read = fieldsIn(new TextEncoder().encode(written));
  if (read === null || !hasKeys(read, "v", ...TEXTS, "not_before")) return null;
  if (read["v"] !== 1 || read["sighting"] !== "offer" || !TEXTS.every((one) => isText(read[one]))) return null;
  return read["not_before"] === null || isText(read["not_before"]) ? (read as unknown as Sighting) : null;
}

/** What a report says of something offered for sale, as far as its page asked for it; else only where. The
 * accounts, numbers and links that the site knows are taken out: the resident's page knows fewer. */
export function offeredIn({ answers, text }: Report): Partial<Sighting> {
  const slash = answers.where.lastIndexOf("/");
  const place = {
    area: answers.where.slice(0, Math.max(slash, 0)),
    channel: CHANNELS[answers.where.slice(slash + 1)] ?? "",
  };
  if (!isOffer(answers.what)) return place;
  const { product, words, price, quantity } = asOffered(text);
  const [what, said, many] = [product, words, quantity].map((one) => without(seen(one)).text) as [string, string, string];
  return { ...place, product: what, words: said, price: pounds(price), quantity: many };
}

/** An emoji without the signs that join it or choose its colours: nobody sees them, and no text may have them. */
export function seen(text: string): string {
  return text.replace(/[\u200d\ufe0e\ufe0f]/g, "").trim();
}

/** A price as the site takes it, 35 or 35.50; "" where it is none that can be read. */
export function pounds(price: string): string {
  const [, whole, part] = /^\D*?(\d{1,6})(?:[.,](\d{1,2}))?\D*$/.exec(price) ?? [];
  if (whole === undefined) return "";
  return part === undefined ? whole : `${whole}.${part.padEnd(2, "0")}`;
}

/** The price in the resident's own words, where no number can be read in them; else "". */
export function priceInWords({ answers, text }: Report): string {
  if (!isOffer(answers.what)) return "";
  const { price } = asOffered(text);
  return pounds(price) === "" ? without(seen(price)).text : "";
}

/** Which of its texts is no writing that a reader sees, as the site refuses it too; null where none is. */
export function unfitPart(one: Sighting): string | null {
  if (!hasLetter(one.product)) return "product";
  return FREE.map(([part]) => part).find((part) => !isPlain(one[part])) ?? null;
}

/** A sighting as the gate looks at a log: one week, a larger area, and its free texts. */
export function asLog(one: Sighting): LogAlike {
  const text = FREE.map(([part]) => one[part]).join("\n");
  return { area: one.area, weeks: 1, not_before: one.not_before, at_once: false, text, conditions: "" };
}

type LogAlike = Pick<LogContent, "area" | "weeks" | "not_before" | "at_once" | "text" | "conditions">;

const TOO_SMALL = "Nothing smaller than the area leaves the desk: take it out.";

/**
 * All that is found in a sighting. An account, a number or a link never leaves in one, whoever looks at it, nor does
 * a street, a house or a flat.
 */
export function judgeSighting(one: Sighting, report: Report, around: Around): Finding[] {
  const found: Finding[] = [];
  for (const [part, name] of FREE) {
    if (one[part] === "") continue;
    const places = placesIn(one[part], around.areas ?? []);
    for (const finding of judge({ area: one.area, text: one[part], conditions: "" }, report, around)) {
      if (OF_ALL.has(finding.rule)) {
        if (!found.some(({ rule }) => rule === finding.rule)) found.push(finding);
        continue;
      }
      if (finding.rule === "unit") {
        const { rule, words, needs } = finding;
        if (places.some((place) => place.includes(words) || words.includes(place))) continue;
        found.push({ rule, words, needs, says: `In ${name}. This may be one door. ${TOO_SMALL}` });
        continue;
      }
      const needs = finding.rule === "contact" ? "stop" : finding.needs;
      found.push({ ...finding, needs, says: `In ${name}. ${finding.says}` });
    }
    for (const words of places)
      found.push({ rule: "place", words, needs: "stop", says: `In ${name}. A street, a house or a flat. ${TOO_SMALL}` });
    // The site refuses what these rules find, so whoever writes it is told before a second person reads it.
    for (const { start, end } of contactsIn(one[part])) {
      const words = one[part].slice(start, end);
      if (found.some((other) => other.rule === "contact" && other.words.includes(words))) continue;
      const says = `In ${name}. An account, a number or a link leads to somebody: take it out.`;
      found.push({ rule: "contact", words, says, needs: "stop" });
    }
  }
  return found;
}

/** Rules that look at the report and at what it would go out among: they find the same for each text. */
const OF_ALL: ReadonlySet<string> = new Set(["band", "alone"]);

/** Why no sighting can be made of a report with these wishes, in a sentence; "" where one can. */
export function whyNone(wishes: Wishes, holder: Partner): string {
  if (refuses(wishes, holder)) return `The resident said that ${holder.name} must not see it.`;
  if (wishes.notTo.length === 0) return "";
  return (
    "The resident said that somebody must not see it. A sighting is counted with others and carries no " +
    "condition. Write a log, which does."
  );
}

/** What in a sighting goes against what the resident asked for. */
export function againstWishes(one: Sighting, wishes: Wishes, holder: Partner): Finding[] {
  const found: Finding[] = [];
  const why = whyNone(wishes, holder);
  if (why !== "") found.push({ rule: "not to", words: "", says: why, needs: "stop" });
  const day = wishes.notBefore;
  if (day !== null && (one.not_before === null || one.not_before < day))
    found.push({ rule: "not before", words: "", says: `The resident asked for ${dayTold(day)} or later.`, needs: "stop" });
  if (wishes.tooLate !== null && day !== null) {
    const says = `Nothing is held back until ${dayTold(wishes.tooLate)}. ${dayTold(day)} is the last day.`;
    found.push({ rule: "not before", words: "", says, needs: "look" });
  }
  return found;
}
