// The page's elements, and texts put into them: as text, never as HTML.

import { named } from "./signs.ts";

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found as T;
}

export function formIn(id: string): HTMLFormElement {
  return byId(id).querySelector("form")!;
}

export function box(form: HTMLFormElement, name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

/** What stands in a field, of whatever kind. */
export function valueOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

export function element(name: string, text = "", ...children: Node[]): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

export function lines(id: string, told: readonly (readonly [string, string])[]): void {
  byId(id).replaceChildren(
    ...told.map(([name, text]) => element("div", "", element("dt", name), element("dd", named(text) || "not said"))),
  );
}

export function show(...ids: string[]): void {
  for (const id of ids) byId(id).hidden = false;
}

export function hide(...ids: string[]): void {
  for (const id of ids) byId(id).hidden = true;
}

/** A sentence on how it stands, which a screen reader reads out. */
export function say(text: string): void {
  byId("said").textContent = text;
}

/** What the page was told, and the form's own token that goes with everything that is sent. */
export function told<T>(place: HTMLElement): T {
  return JSON.parse(place.dataset["told"]!) as T;
}

/** Sends fields without leaving the page. Returns the answer, or why not in the site's own words. */
export async function send(path: string, fields: Record<string, string>): Promise<Response | string> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")!.value;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams(fields),
    });
    if (answer.ok && !answer.redirected) return answer;
    const plain = answer.headers.get("Content-Type")?.startsWith("text/plain") === true;
    return plain ? await answer.text() : "The site refused this. Load the page anew and sign in again.";
  } catch {
    return "The site cannot be reached. Nothing is lost as long as you stay on this page.";
  }
}
