// Which days a log tells of. It says weeks and never a day.

const MONTHS = [
  ..."January February March April May June July August September October November December".split(" "),
];

/** The days of so many weeks from this Monday on, both ends named; the Monday itself where it is no day. */
export function daysOf(monday: string, weeks: number): string {
  if (Number.isNaN(Date.parse(`${monday}T00:00:00Z`))) return monday;
  return `from ${inWords(monday)} to ${inWords(later(monday, 7 * weeks - 1))}`;
}

/** A day so many days after another; before it where that is less than none. */
export function later(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** Whether so many weeks from this Monday on have all come by the week of `today`. */
export function haveCome(monday: string, weeks: number, today: string): boolean {
  const toSunday = (7 - new Date(`${today}T00:00:00Z`).getUTCDay()) % 7;
  return later(monday, 7 * weeks - 1) <= later(today, toSunday);
}

/**
 * Where four weeks can begin that hold this one and have all come: one of the Mondays offered, drawn, so that
 * the week may be any of the four.
 */
export function blurred(week: string, offered: readonly string[]): string {
  const newest = offered.reduce((one, other) => (one > other ? one : other), "");
  const fitting = offered.filter((one) => one <= week && later(one, 21) >= week && later(one, 21) <= newest);
  return fitting[crypto.getRandomValues(new Uint32Array(1))[0]! % fitting.length] ?? week;
}

/** A day as one says it; what is none is shown as it came. */
export function dayTold(day: string): string {
  return Number.isNaN(Date.parse(`${day}T00:00:00Z`)) ? day : inWords(day);
}

function inWords(day: string): string {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS[month! - 1]} ${year}`;
}
