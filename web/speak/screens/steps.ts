// The order of the questions, and what each of them has: how far one is, the way on, the way back.

import { button, make, type Child } from "../element.ts";
import { isStale, workedOut } from "../reaching.ts";
import { alarms, breathe, type Screen, type Shown, type Stage } from "../stage.ts";
import { unpackInTurns } from "../wordlist.ts";
import type { Key } from "../words.ts";
import { conditions } from "./conditions.ts";
import { desks } from "./desk.ts";
import { first } from "./first.ts";
import { isOffer } from "../offer.ts";
import { hints } from "./hints.ts";
import { offer } from "./offer.ts";
import { ownWords } from "./own_words.ts";
import { photographs } from "./photographs.ts";
import { goingOn, what, when, where } from "./questions.ts";
import { readThrough } from "./read_through.ts";

/** What is for sale is told in a minute: whatever else there is, she can add on the last look. */
function steps({ telling }: Stage): readonly Screen[] {
  return isOffer(telling.what)
    ? [desks, what, offer, where, when, hints, readThrough]
    : [desks, what, where, when, goingOn, ownWords, hints, photographs, conditions, readThrough];
}

export function howFar(stage: Stage, step: Screen): HTMLElement {
  const all = steps(stage);
  const number = all.indexOf(step) + 1;
  // How many there are hangs on what it is about. What is added on the last look can be no step of the way there.
  const told = number > 2 ? stage.say("step", { number, of: all.length }) : stage.say("step.first", { number });
  return make("p", { class: "step" }, number === 0 ? "" : told);
}

export function goBack(stage: Stage, step: Screen): void {
  stage.show(stage.changing ? readThrough : beside(stage, step, -1) ?? first);
}

export function goOn(stage: Stage, step: Screen): void {
  // What she wrote anew is looked at anew.
  const wrote = step === ownWords || step === offer;
  const next = stage.changing ? (wrote ? hints : readThrough) : beside(stage, step, 1);
  if (next !== undefined) stage.show(next);
}

function beside(stage: Stage, step: Screen, by: number): Screen | undefined {
  const all = steps(stage);
  return all[all.indexOf(step) + by];
}

/** Opens one question from the last look. */
export function change(stage: Stage, step: Screen): void {
  stage.changing = true;
  stage.show(step);
}

/**
 * A question. `missing` says what is still wanting, or null, or does so later; it is told before one can go
 * on.
 */
export function question(
  stage: Stage,
  step: Screen,
  title: Key,
  body: readonly Child[],
  missing: () => string | null | Promise<string | null>,
): Shown {
  const { place, tell } = alarms();
  if (![desks, what, where, when, goingOn].includes(step)) makeReady(stage);
  const next = async (): Promise<void> => {
    const wanting = await missing();
    if (!stage.isShowing(step)) return;
    tell(wanting ?? "");
    if (wanting === null) goOn(stage, step);
  };
  return {
    title,
    above: [howFar(stage, step)],
    body: [...body, place],
    buttons: [
      button(stage.say("next"), () => void next(), "main"),
      button(stage.say("back"), () => goBack(stage, step)),
    ],
  };
}

/**
 * What sending takes a slow telephone seconds for, begun while she writes: the work that the door asks for, and
 * the words of the receipt unpacked. What fails here is tried again when she sends.
 */
export function makeReady(stage: Stage): void {
  const begin = (): void => {
    const work = workedOut(breathe);
    work.catch(() => undefined);
    stage.proof = work;
  };
  void unpackInTurns(breathe);
  if (stage.proof === null) begin();
  else stage.proof.then((proof) => isStale(proof) && begin(), begin);
}
