// The first screen, what the page cannot do, and the other ways to reach a desk.

import { button, make, paragraph, type Child } from "../element.ts";
import { fingerprint, type Desk } from "../manifest.ts";
import { fetched } from "../reaching.ts";
import { alarms, danger, dial, howToLeave, texts, type Screen, type Stage } from "../stage.ts";
import { nothingTold } from "../telling.ts";
import { areWords, ENGLISH, LANGUAGES, type Words } from "../words.ts";
import { desks } from "./desk.ts";
import { comeBack } from "./return.ts";
import { whenManifest } from "./refused.ts";

export const first: Screen = (stage) => ({
  title: "first.title",
  above: [
    danger(stage),
    paragraph(...stage.sayAround("first.child", "number", dial("0800 1111"))),
    languages(stage),
  ],
  urgent: true,
  body: [
    ...texts(stage, "first.who", "first.note", "first.locked"),
    make(
      "div",
      { class: "buttons" },
      button(stage.say("first.tell"), () => void tellAnew(stage), "main"),
      button(stage.say("first.return"), () => void whenManifest(stage, comeBack)),
      button(stage.say("first.limits"), () => void whenManifest(stage, limits)),
      button(stage.say("first.ways"), () => void whenManifest(stage, ways)),
    ),
    make("div", { class: "aside" }, ...howToLeave(stage), ...texts(stage, "back.warning")),
  ],
});

// Whoever began to write under words they have, and came back to here, begins anew without them.
function tellAnew(stage: Stage): Promise<void> {
  if (stage.telling.number > 1) stage.telling = nothingTold();
  return whenManifest(stage, desks);
}

// The name of each language in itself: whoever needs one cannot read the others.
function languages(stage: Stage): HTMLElement {
  const { place, tell } = alarms();
  const speak = async (code: string): Promise<void> => {
    const words = await wordsOf(code);
    if (words === null) tell(stage.say("first.not_loaded"));
    else if (stage.isShowing(first)) stage.speak(code, words);
  };
  const others = Object.entries(LANGUAGES).filter(([code]) => code !== stage.language);
  return make(
    "div",
    { class: "languages", role: "group", "aria-label": stage.say("first.language") },
    ...others.map(([code, name]) => {
      const choose = button(name, () => void speak(code));
      choose.lang = code;
      return choose;
    }),
    place,
  );
}

async function wordsOf(code: string): Promise<Words | null> {
  if (code === "en") return ENGLISH;
  try {
    const bytes = await fetched(`/${code}.json`);
    const words: unknown = bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
    return areWords(words) ? words : null;
  } catch {
    return null;
  }
}

export const limits: Screen = (stage) => ({
  title: "limits.title",
  body: [
    ...texts(stage, "limits.network", "limits.beside", "limits.page"),
    ...sixWords(stage),
    ...texts(stage, "limits.desk", "limits.guess", "leave.history", "leave.keyboard"),
  ],
  buttons: [back(stage)],
});

function sixWords(stage: Stage): Child[] {
  if (stage.manifest === null) return [];
  const words = make(
    "p",
    { class: "words", lang: "en", dir: "ltr" },
    fingerprint(stage.manifest.key).join(" "),
  );
  return [make("h2", {}, stage.say("limits.words")), words];
}

export const ways: Screen = (stage) => ({
  title: "ways.title",
  above: [danger(stage)],
  urgent: true,
  body: [...waysToReach(stage), ...texts(stage, "ways.bill")],
  buttons: [back(stage)],
});

/** What the signed manifest says of each desk, or where else it stands. */
export function waysToReach(stage: Stage): Child[] {
  const signed = stage.manifest ?? stage.expired;
  if (signed === null) return texts(stage, "ways.leaflet");
  return signed.desks.map((desk) =>
    make("section", {}, make("h2", {}, desk.name), ...waysTo(stage, desk).map((way) => paragraph(...way))),
  );
}

export function waysTo(stage: Stage, desk: Desk): Child[][] {
  const found = [[stage.say("ways.area", { serves: desk.serves })]] as Child[][];
  if (desk.telephone !== "") found.push(stage.sayAround("ways.phone", "telephone", dial(desk.telephone)));
  if (desk.drop_in !== "") found.push([stage.say("ways.visit", { drop_in: desk.drop_in })]);
  if (desk.freepost !== "") found.push([stage.say("ways.post", { freepost: desk.freepost })]);
  return found;
}

function back(stage: Stage): HTMLElement {
  return button(stage.say("back"), () => stage.show(first));
}
