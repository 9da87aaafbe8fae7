"""What is looked at on every page in a browser: what axe objects to, and where the tab key stops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

# All else that it tells of a page would be written out and read in again for nothing.
_RUN: Final = "([within, rules]) => axe.run(within, rules).then(found => found.violations)"

# Of what it can fetch for its rules only sound and film are asked about here: to fetch and parse the
# stylesheets as well took it half of its time on a page.
_VIOLATIONS: Final = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}

WCAG: Final[dict[str, Any]] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"color-contrast": {"enabled": False}},  # `_CONTRAST` judges it
    **_VIOLATIONS,
}
"""WCAG 2.2 AA, and what axe itself recommends."""

COLOURS: Final[dict[str, Any]] = {
    "runOnly": {"type": "rule", "values": ["link-in-text-block"]},
    **_VIOLATIONS,
}
"""What another theme can change, beside contrast."""

# Contrast is what takes axe longest, and it works it out anew for each of a thousand cells of a table. So it
# judges the first of each look: an element's own colours and letters, and what everything around it paints.
# Where it did not pass that one, it judges all of that look. Words that may lie on or under what is not
# around them are judged each for itself. Of words in a drawing axe only says that it does not know.
_CONTRAST: Final = """async ([within, passed]) => {
    const NOTHING = 'rgba(0, 0, 0, 0),none,1,none,normal,false';
    const known = new Set(passed), looks = new Map(), grounds = new Map(), shifted = [];
    const isShifted = ({position, top, left, float, transform, translate, ...margins}) =>
        ['absolute', 'fixed', 'sticky'].includes(position)
        || position === 'relative' && [top, left].some(far => parseFloat(far))
        || [float, transform, translate].some(set => set !== 'none')
        || Object.values(margins).some(far => parseFloat(far) < 0);
    const ground = one => {
        if (!one) return '';
        if (!grounds.has(one)) {
            const style = getComputedStyle(one);
            const {position, top, left, float, transform, translate} = style;
            const {marginTop, marginRight, marginBottom, marginLeft} = style;
            const place = {position, top, left, float, transform, translate};
            if (isShifted({...place, marginTop, marginRight, marginBottom, marginLeft})) shifted.push(one);
            const paints = [
                style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode,
                one.matches(':disabled, [aria-disabled=true]')
            ].join();
            const around = ground(one.parentElement);
            grounds.set(one, paints === NOTHING ? around : `${around}|${paints}`);
        }
        return grounds.get(one);
    };
    const look = one => {
        const style = getComputedStyle(one);
        return [
            ground(one), one.localName, one.closest('label')?.control?.disabled, style.color, style.fontSize,
            style.fontWeight, style.webkitTextFillColor, style.webkitTextStrokeColor, style.textShadow
        ].join(';');
    };
    const worded = [...document.querySelectorAll(`:is(${within}), :is(${within}) *`)].filter(one =>
        one.checkVisibility({visibilityProperty: true}) && !one.closest('svg') && (
            one.matches('input, select, textarea')
            || [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())));
    document.querySelectorAll('*').forEach(ground);
    const boxes = shifted.map(one => [one, one.getBoundingClientRect()]);
    for (const [at, one] of worded.entries()) {
        const {left, right, top, bottom} = one.getBoundingClientRect();
        const alone = boxes.some(([other, box]) => other.contains(one)
            || box.left < right && left < box.right && box.top < bottom && top < box.bottom);
        const named = alone ? at : look(one);
        if (!known.has(named)) looks.set(named, [...(looks.get(named) ?? []), one]);
    }
    const judge = async some => some.length ? await axe.run({include: some}, {
        runOnly: {type: 'rule', values: ['color-contrast']}, resultTypes: ['violations', 'passes'],
        elementRef: true
    }) : {violations: [], passes: []};
    const first = await judge([...looks.values()].map(([one]) => one));
    const well = new Set(first.passes.flatMap(({nodes}) => nodes.map(({element}) => element)));
    for (const [named, [one]] of looks) if (well.has(one) && named.at) known.add(named);
    const second = await judge([...looks.values()].flatMap(([one, ...more]) => well.has(one) ? [] : more));
    const violations = [...first.violations, ...second.violations].map(({id, nodes}) => ({
        id, nodes: nodes.map(({target, failureSummary}) => ({target, failureSummary}))
    }));
    return {violations, passed: [...known]};
}"""

# axe judges no words on a gradient. Those that hint at more to scroll to lie at the edges of tables.
PLAIN: Final = (
    "document.querySelectorAll('.scroll:not(pre)').forEach(one => one.style.backgroundImage = 'none')"
)
UNFOLD: Final = "document.querySelectorAll('details').forEach(one => one.open = true)"


PASSED: Final[set[str]] = set()
"""Looks that had contrast enough. Each says all that contrast comes of, so it is judged on no page again."""


def violations(page: Page, rules: dict[str, Any], within: str = "html") -> list[str]:
    """What axe objects to in what `within` selects: the rule, where, and why."""
    if not page.evaluate("'axe' in window"):  # once a page is enough to bring it in
        page.evaluate(AXE_SCRIPT)
    told = page.evaluate(_CONTRAST, [within, [*PASSED]])
    PASSED.update(told["passed"])
    found = [*page.evaluate(_RUN, [within, rules]), *told["violations"]]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]


def stops(page: Page) -> list[dict[str, Any]]:
    """Every stop of the tab key, in order, with how its focus is shown."""
    found: list[dict[str, Any]] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """(() => {
                const one = document.activeElement;
                if (one === document.body) return null;
                one.dataset.reached = 'yes';
                const style = getComputedStyle(one), box = one.getBoundingClientRect();
                return {
                    tag: one.localName, text: one.textContent.slice(0, 40).trim(),
                    outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
                    within: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
                };
            })()"""
        )
        if stop is None:
            return found
        found.append(stop)
    raise AssertionError("the tab key never leaves the page")
