"""Why incidents belong together, why that may be innocent, and how to check: the words of an episode's card.

Each sentence is said only when the figures behind it hold, and names them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lippen.results import ABOUT_ONE_SPOT
from lippen.wording import counted

_WEATHER = ("alarm", "tree", "flood", "power", "wire", "noise", "hazard", "signal", "damage")
_EVENTS = ("accident", "acc ", "collision", "crash", "fire", "fight", "shots", "explosion", "smoke", "rtc")
_ALARMS = ("alarm", "panic")

_HAD, _ASK = ABOUT_ONE_SPOT


@dataclass(frozen=True)
class Course:
    """What is known of an episode, for its sentences.

    `lasted_min` from the first incident to the last, `reach_km` the greatest distance between two of them,
    `kinds` and `spots` one entry an incident; `expected` how many with nothing found would be usual;
    `copied` how many share their words with another; `lone` how many stood alone where `usual_company` (a
    share) of their kinds do not; `busy_everywhere` how many times the usual number of such incidents came in
    elsewhere in the same hours; `founded_near` incidents with something found, near and meanwhile;
    `most_at_one_spot` incidents at the commonest spot over the whole period assessed.
    """

    lasted_min: int
    reach_km: float
    kinds: Sequence[str]
    expected: float
    copied: int
    lone: int
    usual_company: float
    busy_everywhere: float
    founded_near: int
    most_at_one_spot: int
    week_part: str


def why(course: Course) -> list[str]:
    """Why the incidents belong together."""
    n = len(course.kinds)
    said = [
        f"{n} incidents with nothing found within {_minutes(course.lasted_min)} and "
        f"{_distance(course.reach_km)}; about {_number(course.expected)} would be usual for such kinds "
        f"on a {course.week_part} here."
    ]
    kind, most = Counter(course.kinds).most_common(1)[0]
    if len(set(course.kinds)) > 1 and most > n / 2:
        said.append(f"{most} of them are of one kind, {kind}.")
    if course.copied >= 2:
        said.append(f"{course.copied} of their notes share so many words that chance does not explain it.")
    if course.lone >= 2 and course.usual_company >= 0.5:
        said.append(
            f"{course.lone} were the only call about their event; of such kinds, "
            f"{round(100 * course.usual_company)} in 100 usually have company."
        )
    return said


def why_innocent(course: Course) -> list[str]:
    """What would look the same and mean no harm."""
    kinds = " ".join(course.kinds).lower() + " "
    said = []
    if course.busy_everywhere >= 1.3:
        said.append(
            f"Such incidents came in {course.busy_everywhere:.1f} times as often elsewhere too in these "
            "hours: weather, a holiday or an event may be behind all of them."
        )
    elif any(word in kinds for word in _WEATHER):
        said.append("Wind, rain or a power cut sets off just such reports over a few streets.")
    if course.founded_near or any(word in kinds for word in _EVENTS):
        near = (
            f"{counted(course.founded_near, 'incident')} with something found lay near by meanwhile. "
            if course.founded_near
            else ""
        )
        said.append(
            f"{near}One event that many people saw or heard, over before anyone arrived, looks the same."
        )
    if course.most_at_one_spot >= 5:
        said.append(
            f"{_HAD} {course.most_at_one_spot} such incidents in the period. It may be one "
            "person in need who calls often: then help is what is called for, and no suspicion."
        )
    if any(word in kinds for word in _ALARMS):
        said.append("A faulty alarm, or works on one, brings calls in a row.")
    said.append("People go home, and quarrels end: nothing found is the usual end of many honest calls.")
    return said


def how_to_check(course: Course) -> list[str]:
    """What a person can do to find out."""
    said = ["Ask those who attended whether they met anyone who had called or seen something."]
    if course.copied >= 2:
        said.append(
            "Read the notes that share their words side by side: is it one call taker's own way of writing?"
        )
    if course.busy_everywhere >= 1.3 or any(word in " ".join(course.kinds).lower() for word in _WEATHER):
        said.append("Look up the weather and what was on in town in these hours.")
    if course.most_at_one_spot >= 5:
        said.append(f"{_ASK} whether somebody there needs help.")
    said.append("Compare with the same hours of the weeks before.")
    return said


def _minutes(value: int) -> str:
    return counted(max(1, value), "minute") if value < 120 else f"{value / 60:.1f} hours"


def _distance(km: float) -> str:
    return f"{max(100, round(km * 10) * 100)} m" if km < 1 else f"{km:.1f} km"


def _number(value: float) -> str:
    return f"{value:.1f}" if value >= 0.1 else f"{value:.1g}"
