// What may point to her, told gently: she can change it in one press, leave it, or turn the hints off.

import { oneOf } from "../choosing.ts";
import { button, make, paragraph, type Child } from "../element.ts";
import { bandOf, BANDS, coarsen, hintsIn, whyFew, type Band, type Hint } from "../hints.ts";
import { isOffer } from "../offer.ts";
import { texts, type Screen, type Stage } from "../stage.ts";
import type { Key } from "../words.ts";
import { question } from "./steps.ts";

export const hints: Screen = (stage) => question(stage, hints, "hints.title", body(stage), () => null);

function body(stage: Stage): Child[] {
  const { telling } = stage;
  const turn = (on: boolean): void => {
    telling.hints = on;
    stage.showAgain();
  };
  if (!telling.hints)
    return [...texts(stage, "hints.are_off"), button(stage.say("hints.on"), () => turn(true))];

  const wordsOf = (hint: Hint): string => telling.text.slice(hint.start, hint.end);
  const said = hintsIn(telling.text, stage.words);
  // Nothing smaller than the area is of use in what is for sale: a place goes as a whole.
  const found = isOffer(telling.what)
    ? said.map((hint) => (hint.kind === "address" ? { ...hint, coarser: "" } : hint))
    : said;
  // What she keeps stays told, even where what stands around it has changed and nothing is found any more.
  const kept = [...telling.kept].filter((words) => telling.text.includes(words)).length;
  telling.hinted ||= found.length + kept > 0;
  const left = found.filter((hint) => !telling.kept.has(wordsOf(hint)));
  const band = make("div", { "aria-live": "polite" });
  const tellBand = (): void => {
    band.textContent = "";
    band.append(...bandWords(stage, found.length + kept, left.length));
  };
  tellBand();
  const chosen = telling.others ?? "unknown";
  const estimates = [...BANDS, "unknown" as const].map((value) => ({
    value,
    name: stage.say(`hints.others.${value}`),
  }));
  return [
    ...texts(stage, "hints.help"),
    ...(telling.hinted ? [] : texts(stage, "hints.clear")),
    ...left.map((hint) => told(stage, hint, wordsOf(hint))),
    oneOf(stage.say("hints.others"), false, estimates, chosen, (value) => {
      telling.others = value === "unknown" ? null : (value as Band);
      tellBand();
    }),
    band,
    button(stage.say("hints.off"), () => turn(false)),
  ];
}

function told(stage: Stage, hint: Hint, words: string): HTMLElement {
  const { telling } = stage;
  const leave = button(stage.say("hints.keep"), () => {
    telling.kept.add(words);
    stage.showAgain();
  });
  const { coarser } = hint;
  const use =
    coarser === null
      ? []
      : [
          button(
            coarser === "" ? stage.say("hints.drop") : stage.say("hints.use", { words: coarser }),
            () => {
              telling.text = coarsen(telling.text, hint);
              stage.showAgain();
            },
          ),
        ];
  return make(
    "section",
    { class: "hint" },
    paragraph(stage.say("hints.found", { words: words.replace(/^["“„«]|["”»]$/g, "") })),
    paragraph(stage.say(`hints.${hint.kind}`)),
    make("div", { class: "buttons" }, ...use, leave),
  );
}

/** `left` of the hints are still to be looked at: they say themselves why the band is low. */
function bandWords(stage: Stage, hints: number, left: number): HTMLElement[] {
  const { telling } = stage;
  const smallAreas = stage.manifest?.areas.find(({ name }) => name === telling.area)?.small_areas ?? [];
  const { near } = telling;
  const known = { smallAreas, near, hints, others: telling.others };
  const band = bandOf(known);
  const narrow = band === "few" || band === "some";
  const why = narrow && left === 0 ? whyFew(known) : null;
  return [
    band === "more" && smallAreas.length === 0
      ? paragraph(stage.say("hints.band.nowhere"))
      : paragraph(
          stage.say(band === "more" ? "hints.band.place" : "hints.band"),
          " ",
          make("strong", {}, stage.say(`hints.band.${band}`)),
        ),
    ...(why === null
      ? []
      : [paragraph(stage.say(`hints.band.${why}`, { near: near && stage.say(`where.${near}` as Key) }))]),
    paragraph(stage.say(narrow ? "hints.band.narrow" : "hints.band.wide")),
  ];
}
