// Closing a report, for which two are needed: what the report itself says of the ground, and what goes with it.

import type { Report } from "../speak/messages.ts";
import { byId } from "./dom.ts";

/** Fills in what only a browser can know; `report` is null where it did not open. */
export function closingForm(report: Report | null): void {
  const place = byId("closing");
  const photographs = (report?.photographs ?? []).map(({ id }) => id);
  byId("goes-too").textContent = goesToo(report === null ? null : photographs.length);
  for (const one of place.querySelectorAll<HTMLInputElement>("input[name=photographs]"))
    one.value = photographs.join(" ");
  for (const one of place.querySelectorAll<HTMLOptionElement>("#ask-to-close option"))
    if (one.value !== "" && whyNot(one.value, report) !== "") one.remove();
  const agreeing = document.getElementById("agree-to-close");
  if (agreeing === null) return;
  const ground = agreeing.dataset["ground"]!;
  const why = whyNot(ground, report);
  const opened = ground === "unreadable" && report !== null;
  const look = opened ? "It opened for you. Agree only if nothing in it can be read." : "";
  byId("doubt").textContent = why || look;
  agreeing.hidden = why !== "";
}

/** Why a ground does not hold, as far as the report says; "" where it may. */
function whyNot(ground: string, report: Report | null): string {
  if (ground === "one-way" && report === null)
    return "It did not open for you, so you cannot see whether that is so.";
  if (ground === "one-way" && report!.mailbox !== null)
    return "The report asks for word back: it was not sent one way. Do not agree.";
  if (ground === "answered" && report?.mailbox === null)
    return "It was sent one way, so no word can have gone back.";
  return "";
}

function goesToo(photographs: number | null): string {
  if (photographs === null)
    return "It did not open here, so photographs that it may have are not found, and go by themselves.";
  if (photographs === 0) return "It has no photographs.";
  return photographs === 1 ? "Its photograph goes with it." : `Its ${photographs} photographs go with it.`;
}
