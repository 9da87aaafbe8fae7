"""The sample with harm in every text that an export can reach."""

from __future__ import annotations

from sample import Facts, Tables, sample, table


def hostile() -> tuple[Facts, Tables]:
    """Text from the export in every place that text can be, all of it meant to do harm."""
    facts, tables = sample(2)
    evil = [
        "<script>alert(1)</script>", "</style><script>alert(2)</script>", '"><img src=x onerror=alert(3)>',
        "=cmd|'/C calc'!A0", "abc\u202egnp.exe", "nul\x00here", "x" * 10_000, "🚨👩‍👩‍👧‍👦 café",
        "{{ 7*7 }}{% raw %}", "Z̷̡̢̛̛̛̗̗a̴l̵g̷o" + "\u0301" * 200, "&lt;b&gt; & 'q'", "line\nbreak\ttab\u2028para",
        "عاجل شرطة", "javascript:alert(4)", "\ufeff\u200bzero", "\U000e0041tag",
    ]  # fmt: skip

    def nasty(i: int) -> str:
        return evil[i % len(evil)]

    facts["place"] = nasty(0) + nasty(4)
    facts["command"] = nasty(1)
    facts["period"]["zone"] = nasty(2)
    facts["period"]["first_day"] = nasty(0)
    facts["period"]["since"] = nasty(0)
    facts["clock"]["written_at"] = nasty(0)
    facts["inputs"] = [
        {
            "file": nasty(i),
            "left_out": {nasty(i): nasty(i + 1)},
            "rows": 12,
            "accepted": 12 - i % 3,
            "duplicates": 0,
            "quarantined": i % 3,
        }
        for i in range(len(evil))
    ]
    facts["not_read"] = [{"file": nasty(i), "reason": nasty(i + 1)} for i in range(len(evil))]
    facts["notes"] = facts["unlisted_codes"] = {nasty(i): i for i in range(len(evil))}
    facts["stages"] = [{"name": nasty(i), "seconds": float("nan")} for i in range(len(evil))]
    facts["versions"] = {nasty(i): nasty(i + 1) for i in range(len(evil))}
    credibility = facts["credibility"]
    credibility["excluded"] = {nasty(i): i for i in range(len(evil))}
    credibility["episodes"]["standing_line"] = nasty(1)
    credibility["diversion"] = {"can_tell": False, "why": nasty(0)}
    credibility["model"]["brier"] = float("inf")
    tables["quarantine_reasons"] = table(
        "quarantine_reasons", [{"reason": nasty(i), "rows": i % 3} for i in range(len(evil))]
    )
    for name in ("volumes_kind", "volumes_area", "fairness"):
        rows = tables[name].to_pylist()
        key = tables[name].column_names[0]
        rows = [
            {**rows[i % len(rows)], key: f"{nasty(i)}{i}"[-9000:] if i == 6 else nasty(i)}
            for i in range(len(evil))
        ]
        tables[name] = table(name, rows)
    credibility["fairness"] = None  # as the table has it
    rows = tables["episodes"].to_pylist()
    for row in rows:
        row |= {
            "areas": evil,
            "kinds": evil,
            "reasons": evil,
            "innocent": evil,
            "checks": evil,
            "diversion": nasty(0),
        }
        row |= {"first_local": nasty(0), "last_local": nasty(4), "p_value": float("nan")}
    tables["episodes"] = table("episodes", rows)
    strip = tables["episode_strip"].to_pylist()
    tables["episode_strip"] = table(
        "episode_strip",
        [{**row, "kind": nasty(i), "area": nasty(i + 3), "outcome": nasty(i)} for i, row in enumerate(strip)],
    )
    drawn = tables["diversion"].to_pylist()
    tables["diversion"] = table(
        "diversion", [{**row, "area": nasty(0), "statement": nasty(0) + nasty(4)} for row in drawn]
    )
    members = tables["episode_incidents"].to_pylist()
    tables["episode_incidents"] = table(
        "episode_incidents",
        [{**row, "incident_id": f"{nasty(i)}{i}" if i else nasty(0)} for i, row in enumerate(members)],
    )
    months = tables["calibration_month"].to_pylist()
    tables["calibration_month"] = table(
        "calibration_month", [{**row, "month": nasty(i)} for i, row in enumerate(months)]
    )
    return facts, tables
