import assert from "node:assert/strict";
import { test } from "node:test";
import { blurred, daysOf, haveCome, later } from "./days.ts";

test("both ends of the weeks are named, and the last is a Sunday", () => {
  assert.equal(daysOf("2026-11-23", 1), "from 23 November 2026 to 29 November 2026");
  assert.equal(daysOf("2026-12-14", 4), "from 14 December 2026 to 10 January 2027");
  assert.equal(daysOf("soon", 4), "soon");
  assert.equal(later("2026-03-01", -1), "2026-02-28");
});

test("four weeks hold the one that was chosen, anywhere, and none that has not come", () => {
  const offered = Array.from({ length: 10 }, (_, back) => later("2026-11-23", -7 * back));
  for (const [back, fitting] of [1, 2, 3, 4, 4, 4, 4, 3, 2, 1].entries()) {
    const week = offered[back]!;
    const begins = new Set(Array.from({ length: 200 }, () => blurred(week, offered)));
    assert.equal(begins.size, fitting, week);
    for (const one of begins) {
      assert.ok(one <= week && week <= later(one, 21), `${one} ${week}`);
      assert.ok(later(one, 21) <= offered[0]!, one);
    }
  }
});

test("weeks have come with the one that is now, whatever its day", () => {
  for (const today of ["2026-11-23", "2026-11-28", "2026-11-29"]) {
    assert.ok(haveCome("2026-11-23", 1, today), today);
    assert.ok(haveCome("2026-11-02", 4, today), today);
    assert.ok(!haveCome("2026-11-09", 4, today), today);
    assert.ok(!haveCome("2026-11-30", 1, today), today);
  }
});
