"""No word that the page or a leaflet shows can brand, frighten or insult whoever keeps it on paper."""

from __future__ import annotations

import math
import re
from collections import Counter
from importlib import resources

import pytest

from lippen.site.speak.fingerprint import word_list

STEMS = {
    "telling": (
        "unmask unexpos mutin snitch squeal tattl traitor treach treason grass inform betray tipoff "
        "gossip rumo spied spy snoop espion secre confidan confide[rds] confiding confess disclos divulg "
        "perjur slander backstab brownnos busybod canar overhear denounc disloy renegad defection witness "
        "reporter"
    ),
    "crime": (
        "affidav defendan frisk police arrest constab deput detect detent prison jail gaol handcuf parole "
        "probation precinct patrol convict culp crimin crook thie theft robbe robbi burgl smuggl bribe "
        "extort arson fraud embezz launder mobster gangst cartel trespass penal punish tribunal verdict "
        "juror jury jurist judg judic litig trial guilt suspect evidenc alibi curfew custod captive "
        "captivi manhunt wrongd wrongf unlawf illicit veng"
    ),
    "violence": (
        "strangl throttl threat chok suffoc smother drown slain murder kill carnage ambush batter[ei] "
        "cruel gor[ey]$ casket graves graveyard morgue mortu mortic gallow danger dagger gun handgun "
        "revolver bazooka dynamite deton explod shrapn hatchet maim mutila impale agoni bully hatred "
        "violat poison venom armed"
    ),
    "drugs": (
        "cannab opium morphine ritalin prozac valium junkie heroin cocain rehab relaps sedat dosage "
        "freebas snort stash coke dealer dealing peddl pusher"
    ),
    "religion": (
        "kosher turban trinit islam muslim buddh hindu jew yiddish christian cathol protestan pagan "
        "puritan pope deacon dioces chaplain cathedr monast monkh reverend sermon sabbath sacra sacred "
        "saint hol[iy]$ godly divinel divinit deity blasphem preach pray worship apostl parish pastor "
        "clergy cleric passover crusad agnost theolog resurrect sinner chast celiba gentile freemason "
        "fanatic exorc occult"
    ),
    "nation": (
        "national native nativity siames siberi french eskimo apache caucas creole celtic scotch patriot "
        "alien tribesm coloni fascis racis marxis skinhead feminis pureb"
    ),
    "sex": (
        "gonad gesta ogl sex$ sexual seduc sensua sensuo fondling kiss lusti lustf arous gigolo negligee "
        "knicker pantyh thong underwear mammar mammog badass groin womb ovary pelvi rectal devian deprav "
        "impoten steril pregnan prenat cesar fetal trimest amnio naturist divorc swinger catcall cathous"
    ),
    "illness": (
        "contus atroph unhealth anemi aneur epilep diabet glauc gangr jaundic scurv mumps polio autis "
        "dyslex neuros neurot lunac craz cataton deliri delus nutcas idioc imbec disab paraly deaf mute$ "
        "stammer hunchb humpb malform disfig rabid scab virus epidem pandem sympt syndrom cardiac corona "
        "surger surgic ambul paramed urolog geriat pediat laxat bladder excret backach headach earach "
        "dandruf chubby tubby scrawny aids"
    ),
}
BEFORE = "(?:un|re|dis|de|over|anti|back|crab|jack)?"


@pytest.mark.parametrize("reason", STEMS)
def test_no_word_has_a_stem_of_what_could_brand_whoever_keeps_it(reason: str) -> None:
    stems = re.compile(BEFORE + f"(?:{'|'.join(STEMS[reason].split())})".replace("$", r"\b"))
    assert [word for word in word_list() if stems.match(word)] == []


def test_each_word_that_was_left_out_has_its_reason() -> None:
    text = resources.files("lippen.site.speak").joinpath("words_changed.tsv").read_text("ascii")
    rows = [line.split("\t") for line in text.splitlines()]
    assert rows == sorted(rows)
    assert len({word for word, _ in rows}) == len(rows)
    assert set(Counter(reason for _, reason in rows)) == {*STEMS, "put in"}
    left = {word for word, reason in rows if reason != "put in"}
    assert {"islamist", "snitch", "squealer", "traitor", "tattle", "grass", "police", "jailbird"} <= left
    assert not left & set(word_list())


def test_seven_words_are_ninety_bits_and_fit_28_digits() -> None:
    assert 7 * math.log2(len(word_list())) >= 90
    assert len(word_list()) ** 7 * 5 <= 10**28
