// The last look at all that the desk will get, but for the keys to what is sealed. It is sealed meanwhile.

import { button, make, paragraph, type Child } from "../element.ts";
import { asOffered, isOffer } from "../offer.ts";
import { sealed } from "../sending.ts";
import type { Screen, Stage } from "../stage.ts";
import { dayInWords } from "../telling.ts";
import { LANGUAGES, type Key } from "../words.ts";
import { conditions, mustNotSee } from "./conditions.ts";
import { desks } from "./desk.ts";
import { offer, offered } from "./offer.ts";
import { ownWords } from "./own_words.ts";
import { photographs } from "./photographs.ts";
import { goingOn, what, when, where } from "./questions.ts";
import { sending } from "./sending.ts";
import { change, goBack, howFar, makeReady } from "./steps.ts";

type Row = (name: Key, told: readonly string[], step: Screen, ask?: readonly Child[]) => HTMLElement;

export const readThrough: Screen = (stage) => {
  const { telling } = stage;
  stage.changing = false;
  makeReady(stage);
  // What fails here is tried again, and told, when she sends.
  setTimeout(() => stage.isShowing(readThrough) && void sealed(telling, stage.language).catch(() => 0), 0);
  const row: Row = (name, told, step, ask = []) => {
    const words = told.filter((one) => one !== "");
    const alter = button(stage.say("change"), () => change(stage, step));
    alter.setAttribute("aria-label", `${stage.say("change")}: ${stage.say(name)}`);
    return make(
      "section",
      { class: "told" },
      make("h2", {}, stage.say(name)),
      ...ask,
      ...(words.length + ask.length === 0 ? [stage.say("none")] : words).map((one) =>
        make("p", { class: "words", dir: "auto" }, one),
      ),
      alter,
    );
  };
  const answer: Key = telling.answer
    ? telling.number > 1
      ? "read.answer.same"
      : "read.answer.yes"
    : "read.answer.no";
  return {
    title: "read.title",
    above: [howFar(stage, readThrough)],
    body: [
      paragraph(stage.say("read.help")),
      row("read.desk", [deskName(stage)], desks),
      row("what.title", [chosen(stage, "what", telling.what)], what),
      ...(isOffer(telling.what) ? [row("offer.title", offered(stage), offer)] : []),
      row(
        "where.title",
        [telling.area, isOffer(telling.what) ? "" : chosen(stage, "where", telling.near)],
        where,
      ),
      row("when.title", [chosen(stage, "when", telling.when)], when),
      ...(isOffer(telling.what)
        ? []
        : [row("going_on.title", [chosen(stage, "going_on", telling.goingOn)], goingOn)]),
      row("read.text", [isOffer(telling.what) ? asOffered(telling.text).rest : telling.text], ownWords),
      row(
        "read.photos",
        telling.photographs.length === 0 ? [] : [String(telling.photographs.length)],
        photographs,
      ),
      wishes(stage, row),
      row(
        "read.answer",
        [stage.say(answer), telling.number > 1 ? stage.say("read.number", { number: telling.number }) : ""],
        conditions,
      ),
      ...(telling.tellLanguage ? [row("first.language", [LANGUAGES[stage.language] ?? ""], conditions)] : []),
    ],
    buttons: [
      button(stage.say("read.send"), () => stage.show(sending), "main"),
      button(stage.say("back"), () => goBack(stage, readThrough)),
    ],
  };
};

export function deskName(stage: Stage): string {
  return stage.manifest?.desks.find(({ id }) => id === stage.telling.desk)?.name ?? "";
}

function chosen(stage: Stage, question: string, code: string): string {
  return code === "" ? "" : stage.say(`${question}.${code}` as Key);
}

/** What she asked, or what happens since she asked for nothing. An offer's short way asks here who must not see it. */
function wishes(stage: Stage, row: Row): HTMLElement {
  const { together, notTo, notBefore, what } = stage.telling;
  const two = together ? stage.say("conditions.together") : "";
  const wait = notBefore === "" ? "" : `${stage.say("conditions.not_before")}: ${dayInWords(notBefore, stage.language)}`;
  if (isOffer(what)) return row("conditions.title", [two, wait], conditions, mustNotSee(stage));
  const asks = notTo.size > 0 || two + wait !== "";
  // Each on a line of its own: names have commas too.
  const named = (key: Key, kept: boolean): string[] => {
    const names = stage.manifest?.partners.filter(({ id }) => notTo.has(id) === kept).map(({ name }) => name);
    return names === undefined || names.length === 0 ? [] : [stage.say(key), ...names];
  };
  const told = [two, ...named("conditions.not_to", true), ...named("read.note", false), wait];
  return row(asks ? "read.conditions" : "read.default", told, conditions);
}
