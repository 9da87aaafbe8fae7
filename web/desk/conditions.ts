// What a resident asked of whoever passes on what she told: who must not see it, no day before, two to open
// it. The page on which a log is written and the one on which it is signed off say and check the same.

import type { Report } from "../speak/messages.ts";
import { dayTold } from "./days.ts";
import type { Finding } from "./gate.ts";
import type { LogContent } from "./log.ts";

export interface Partner {
  ref: string;
  name: string;
  kind: string;
}

/** What the desk's pages know of whom a log can go to, and of the days. */
export interface Choices {
  partners: Partner[];
  /** Whom the residents' page offers, by the id that stands in a report. */
  named: { id: string; name: string }[];
  today: string;
  /** The last day that a report of this week can have asked for (section 6 of the protocol). */
  latest: string;
}

export interface Wishes {
  together: boolean;
  /** Partners who must not see it. `listed` says that the residents' page has the name. */
  notTo: { id: string; name: string; listed: boolean }[];
  /** No day before this one, or null. A later one than there can be is taken for the last. */
  notBefore: string | null;
  /** The day that was asked for, where it is later than there can be. */
  tooLate: string | null;
}

/** A name that is none of ours is the resident's own text: longer ones have no place in a log. */
const LONGEST_NAME = 60;

export function wishesOf(report: Report, { named, latest }: Choices): Wishes {
  const { together, not_to, not_before } = report.conditions;
  const late = not_before !== null && not_before > latest;
  return {
    together,
    notTo: not_to.map((id) => {
      const found = named.find((one) => one.id === id);
      return { id, name: found?.name ?? id, listed: found !== undefined };
    }),
    notBefore: late ? latest : not_before,
    tooLate: late ? not_before : null,
  };
}

/** The wishes as lines of a page, all of them. */
export function wishesTold({ together, notTo, notBefore, tooLate }: Wishes): [string, string][] {
  const late = tooLate === null ? "" : ` (${dayTold(tooLate)} was asked for, and this is the last day there can be)`;
  return [
    ["Two open it together", together ? "yes" : "not asked for"],
    ["Must not see it", notTo.map(({ name }) => name).join(", ") || "nobody was named"],
    ["Do nothing before", notBefore === null ? "no day was named" : `${dayTold(notBefore)}${late}`],
  ];
}

/** Sentences for the conditions of a log: those that may not be left out, and all that are put there. */
export function carried({ notTo, notBefore }: Wishes): { needed: string[]; offered: string[] } {
  const listed = notTo.filter((one) => one.listed).map(({ name }) => name);
  const needed = [];
  if (listed.length > 0) needed.push(`Not to be passed on to ${listed.join(" or ")}.`);
  if (notBefore !== null) needed.push(`Nothing is to be done before ${notBefore}.`);
  const others = notTo.filter(({ listed, name }) => !listed && name.length <= LONGEST_NAME);
  return { needed, offered: [...needed, ...others.map(({ name }) => `Not to be passed on to ${name}.`)] };
}

/** Whether the resident said no to this partner, by its kind or by its name. */
export function refuses({ notTo }: Wishes, partner: Partner): boolean {
  return notTo.some((one) => isOne(one, partner));
}

/** What in a log goes against what the resident asked for, and what of it nobody but a person can see to. */
export function against(log: LogContent, wishes: Wishes, choices: Choices): Finding[] {
  const found: Finding[] = [];
  const add = (rule: string, words: string, says: string, needs: Finding["needs"]) =>
    found.push({ rule, words, says, needs });
  for (const partner of choices.partners) {
    if (log.partners.includes(partner.ref) && refuses(wishes, partner))
      add("not to", partner.name, "The resident said no to this partner.", "stop");
  }
  for (const { name } of wishes.notTo.filter((one) => !choices.partners.some((other) => isOne(one, other))))
    add("not to", name, "The resident said no to them, and no partner here has that name. Be sure.", "look");
  const day = wishes.notBefore;
  if (day !== null && (log.not_before === null || log.not_before < day))
    add("not before", dayTold(log.not_before ?? ""), `The resident asked for ${dayTold(day)} or later.`, "stop");
  if (wishes.tooLate !== null)
    add("not before", dayTold(wishes.tooLate), `No log is held back so long. ${dayTold(day!)} is the last day.`, "look");
  if (log.at_once && log.not_before !== null && log.not_before > choices.today)
    add("not before", dayTold(log.not_before), "It leaves before this day, since a life is at risk.", "look");
  const { needed, offered } = carried(wishes);
  for (const sentence of needed) {
    if (!standing(sentence).test(log.conditions))
      add("conditions", sentence, "The resident asked for this, and the conditions do not say it.", "stop");
  }
  const beside = offered.reduce((left, one) => left.replace(standing(one), " "), log.conditions).trim();
  if ((wishes.notTo.length > 0 || day !== null) && beside !== "") {
    const says = "It stands beside what the resident asked for, and may not take it back.";
    add("conditions", beside, says, "second person");
  }
  return found;
}

function isOne({ id, name }: { id: string; name: string }, partner: Partner): boolean {
  return id === partner.kind || alike(name, partner.name) || alike(id, partner.name);
}

function alike(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** This sentence as one of its own, whatever its case and spaces: words before it could turn it round. */
function standing(sentence: string): RegExp {
  const words = sentence.split(/\s+/).map((one) => one.replace(/[.*+?^${}()[\]\\|]/g, "\\$&"));
  return new RegExp(`(?<=^\\s*|[.!?]\\s+|\\n\\s*)${words.join("\\s+")}(?=\\s|$)`, "iu");
}
