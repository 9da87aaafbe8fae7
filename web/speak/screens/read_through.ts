// The last look at all that the desk will get, but for the keys to what is sealed. It is sealed meanwhile.

import { button, make, paragraph } from "../element.ts";
import { sealed } from "../sending.ts";
import type { Screen, Stage } from "../stage.ts";
import { dayInWords } from "../telling.ts";
import { LANGUAGES, type Key } from "../words.ts";
import { conditions } from "./conditions.ts";
import { desks } from "./desk.ts";
import { ownWords } from "./own_words.ts";
import { photographs } from "./photographs.ts";
import { goingOn, what, when, where } from "./questions.ts";
import { sending } from "./sending.ts";
import { change, goBack, howFar, makeReady } from "./steps.ts";

export const readThrough: Screen = (stage) => {
  const { telling } = stage;
  stage.changing = false;
  makeReady(stage);
  // What fails here is tried again, and told, when she sends.
  setTimeout(() => stage.isShowing(readThrough) && void sealed(telling, stage.language).catch(() => 0), 0);
  const row = (name: Key, told: readonly string[], step: Screen): HTMLElement => {
    const words = told.filter((one) => one !== "");
    const alter = button(stage.say("change"), () => change(stage, step));
    alter.setAttribute("aria-label", `${stage.say("change")}: ${stage.say(name)}`);
    return make(
      "section",
      { class: "told" },
      make("h2", {}, stage.say(name)),
      ...(words.length === 0 ? [stage.say("none")] : words).map((one) =>
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
      row("where.title", [telling.area, chosen(stage, "where", telling.near)], where),
      row("when.title", [chosen(stage, "when", telling.when)], when),
      row("going_on.title", [chosen(stage, "going_on", telling.goingOn)], goingOn),
      row("read.text", [telling.text], ownWords),
      row(
        "read.photos",
        telling.photographs.length === 0 ? [] : [String(telling.photographs.length)],
        photographs,
      ),
      row("read.conditions", asked(stage), conditions),
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

function asked(stage: Stage): string[] {
  const { together, notTo, notBefore } = stage.telling;
  // Each on a line of its own: names have commas too.
  const named = (key: Key, kept: boolean): string[] => {
    const names = stage.manifest?.partners.filter(({ id }) => notTo.has(id) === kept).map(({ name }) => name);
    return names === undefined || names.length === 0 ? [] : [stage.say(key), ...names];
  };
  return [
    together ? stage.say("conditions.together") : "",
    ...named("conditions.not_to", true),
    ...named("read.note", false),
    notBefore === "" ? "" : `${stage.say("conditions.not_before")}: ${dayInWords(notBefore, stage.language)}`,
  ];
}
