// Where the screens are shown: one question at a time, each with its heading, its way back and the way out.
//
// Nothing is written to the browser's history, to storage or into the address: whoever opens the browser next
// finds no trace of how far somebody came.

import { make, paragraph, type Child } from "./element.ts";
import { wayOut } from "./leaving.ts";
import type { Manifest } from "./manifest.ts";
import { NotReached, type Proof } from "./reaching.ts";
import { nothingTold, type Telling } from "./telling.ts";
import { ENGLISH, fill, fillAround, type Key, type Words } from "./words.ts";

export interface Shown {
  readonly title: Key;
  /** Between the heading and the buttons. */
  readonly body: readonly Child[];
  /** In the order of the tab key, the way on first. */
  readonly buttons?: readonly HTMLElement[];
  /** Before the heading. */
  readonly above?: readonly Child[];
  /** Whether the number to call stands above already. Elsewhere it stands at the end. */
  readonly urgent?: true;
}

export type Screen = (stage: Stage) => Shown;

export class Stage {
  words: Words = ENGLISH;
  language = "en";
  telling: Telling = nothingTold();
  /** Null until it has arrived, its signature holds and it has not run out. */
  manifest: Manifest | null = null;
  /** One that has run out: it still says how to reach a desk, and nothing is sealed by it. */
  expired: Manifest | null = null;
  arriving: Promise<void> | null = null;
  /** Work begun while she reads through what she wrote. */
  proof: Promise<Proof> | null = null;
  /** Whether a question was opened from the last look, to which it then leads back. */
  changing = false;

  private readonly main: HTMLElement;
  private readonly leave: HTMLElement;
  private screen: Screen | null = null;

  constructor(main: HTMLElement, leave: HTMLElement) {
    this.main = main;
    this.leave = leave;
  }

  say(key: Key, values?: Readonly<Record<string, string | number>>): string {
    return fill(this.words, key, values);
  }

  sayAround(key: Key, name: string, element: Node): Child[] {
    return fillAround(this.words, key, name, element);
  }

  /** Puts a screen in the place of the one before and its heading where a screen reader goes on. */
  show(screen: Screen): void {
    const begins = this.screen === null;
    this.screen = screen;
    const shown = screen(this);
    const heading = make("h1", { tabindex: -1 }, this.say(shown.title));
    this.main.textContent = "";
    this.main.append(...(shown.above ?? []), heading, ...shown.body);
    if (shown.buttons !== undefined) this.main.append(make("div", { class: "buttons" }, ...shown.buttons));
    if (shown.urgent !== true) this.main.append(make("div", { class: "aside" }, danger(this)));
    if (this.words.checked !== "yes")
      this.main.append(make("p", { class: "unchecked" }, this.say("unchecked")));
    if (begins) return; // the tab key starts at the way out
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  isShowing(screen: Screen): boolean {
    return this.screen === screen;
  }

  /** Writes the words of the same screen anew, after something on it has changed. */
  showAgain(): void {
    if (this.screen !== null) this.show(this.screen);
  }

  speak(language: string, words: Words): void {
    this.language = language;
    this.words = words;
    const root = document.documentElement;
    root.lang = language;
    root.dir = words.direction;
    this.leave.textContent = this.say("leave");
    this.showAgain();
  }

  leaveFor(): string {
    return wayOut((this.manifest ?? this.expired)?.leave);
  }

  /** Forgets what was written and empties the screen. */
  wipe(): void {
    this.telling = nothingTold();
    this.proof = null;
    this.main.textContent = "";
  }
}

/** Something that went wrong or is missing, told where it is and read out. */
export function alarm(words: string): HTMLElement {
  return make("p", { class: "alarm", role: "alert" }, words);
}

/** A place for such words: empty until `tell` is called. */
export function alarms(): { readonly place: HTMLElement; readonly tell: (words: string) => void } {
  const place = make("div", { "aria-live": "assertive" });
  return {
    place,
    tell(words) {
      place.textContent = "";
      if (words !== "") place.append(make("p", { class: "alarm" }, words));
      place.scrollIntoView({ block: "nearest" });
    },
  };
}

/** A telephone number that dials itself. Beside Arabic its groups of digits would else change places. */
export function dial(number: string): HTMLElement {
  return make("a", { href: `tel:${number.replace(/[^+\d]/g, "")}`, dir: "ltr" }, number);
}

/** How to leave. Of the key is told where there is a keyboard, or something that comes with one. */
export function howToLeave(stage: Stage): HTMLElement[] {
  const [help, key, history] = texts(stage, "leave.help", "leave.key", "leave.history");
  key!.className = "key";
  return [help!, key!, history!];
}

export function danger(stage: Stage): HTMLElement {
  return make("p", { class: "danger" }, ...stage.sayAround("danger", "number", dial("999")));
}

/** Lets the page be drawn and the keys be heard. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export function lossOf(fault: unknown): Key {
  if (!(fault instanceof NotReached)) return "send.lost";
  return fault.hindrance === "busy"
    ? "send.busy"
    : fault.hindrance === "desk full"
      ? "send.desk_full"
      : "send.lost";
}

export function texts(stage: Stage, ...keys: readonly Key[]): HTMLElement[] {
  return keys.map((key) => paragraph(stage.say(key)));
}
