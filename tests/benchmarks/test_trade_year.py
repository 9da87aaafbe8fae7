"""The benchmark of a nation's posts runs both commands and tells every stage of them."""

from __future__ import annotations

from benchmarks.trade_year import run


def test_a_small_run_tells_every_stage_and_what_is_asked_for_together() -> None:
    found = run(repeats=1, posts=1_000, days=40, burghs=1)
    stages = [(row["command"], row["stage"]) for row in found.rows]
    assert ("lippen import", "read") in stages
    assert ("lippen trade", "tell adverts, read offers") in stages
    seconds = {(row["command"], row["stage"]): row["seconds"] for row in found.rows}
    together = seconds["both", "read, gathered, told, taken apart"]
    asked = [("lippen trade", "gather copies"), ("lippen trade", "tell adverts, read offers")]
    imported = [seconds[one] for one in stages if one[0] == "lippen import" and "by the clock" not in one[1]]
    assert abs(together - sum(imported) - sum(seconds[one] for one in asked)) < 1e-6
    held = [row["peak memory, MiB"] for row in found.rows if "peak memory, MiB" in row]
    assert len(held) == 2
    assert min(held) > 100
