"""The work that a message costs: done once for each, soon, and for this process."""

from __future__ import annotations

import secrets
import threading

import pytest
from envelopes import idle, prove
from hypothesis import given
from hypothesis import strategies as some

from lippen.site.speak.proof import SECONDS, Challenges, ProofRefused

NOW = 1_795_000_000.5


def is_taken(challenges: Challenges, challenge: bytes, proof: bytes, now: float = NOW) -> bool:
    try:
        challenges.spend(challenge, proof, now)
    except ProofRefused:
        return False
    return True


@pytest.fixture(scope="module")
def challenges() -> Challenges:
    return Challenges()


@pytest.fixture(scope="module")
def met(challenges: Challenges) -> tuple[bytes, bytes]:
    """A challenge, and a proof that is not spent."""
    challenge = challenges.issue(NOW)
    return challenge, prove(challenge)


def test_a_refusal_quotes_nothing(challenges: Challenges) -> None:
    with pytest.raises(ProofRefused) as told:
        challenges.spend(secrets.token_bytes(40), secrets.token_bytes(32), NOW)
    assert told.value.args == ()


def test_a_proof_is_taken_once() -> None:
    challenges = Challenges()
    challenge = challenges.issue(NOW)
    assert len(challenge) == 40
    proof = prove(challenge)
    assert len(proof) == 32
    assert is_taken(challenges, challenge, proof)
    assert not is_taken(challenges, challenge, proof)
    assert not is_taken(challenges, challenge, proof, NOW + SECONDS - 1)


def test_a_proof_is_taken_for_ten_minutes(challenges: Challenges) -> None:
    challenge = challenges.issue(NOW)
    proof = prove(challenge)
    assert int.from_bytes(challenge[16:24]) == int(NOW) + 600
    assert not is_taken(challenges, challenge, proof, NOW + SECONDS)
    assert is_taken(challenges, challenge, proof, NOW + SECONDS - 1)


@given(some.integers(min_value=0, max_value=39), some.integers(min_value=1, max_value=255))
def test_a_challenge_that_was_altered_is_not_ours(
    challenges: Challenges, met: tuple[bytes, bytes], at: int, flipped: int
) -> None:
    challenge, proof = met
    altered = challenge[:at] + bytes([challenge[at] ^ flipped]) + challenge[at + 1 :]
    assert not is_taken(challenges, altered, proof)


def test_a_life_that_was_made_longer_and_proved_anew_is_not_ours(challenges: Challenges) -> None:
    challenge = challenges.issue(NOW)
    longer = challenge[:16] + (int(NOW) + 10**6).to_bytes(8) + challenge[24:]
    assert not is_taken(challenges, longer, prove(longer))


def test_a_challenge_of_another_process_is_not_ours(challenges: Challenges) -> None:
    challenge = Challenges().issue(NOW)
    assert not is_taken(challenges, challenge, prove(challenge))
    made_up = secrets.token_bytes(40)
    assert not is_taken(challenges, made_up, prove(made_up))


@pytest.mark.parametrize("part", range(8))
def test_each_of_the_eight_nonces_counts(challenges: Challenges, met: tuple[bytes, bytes], part: int) -> None:
    challenge, proof = met
    lazy = proof[: part * 4] + idle(part, challenge) + proof[part * 4 + 4 :]
    assert not is_taken(challenges, challenge, lazy)


def test_one_nonce_serves_in_no_other_place(challenges: Challenges, met: tuple[bytes, bytes]) -> None:
    challenge, proof = met
    assert not is_taken(challenges, challenge, proof[4:] + proof[:4])
    assert not is_taken(challenges, challenge, proof[:4] * 8)


@given(some.binary(max_size=80), some.binary(max_size=64))
def test_anything_else_is_refused(challenges: Challenges, challenge: bytes, proof: bytes) -> None:
    assert not is_taken(challenges, challenge, proof)


def test_what_was_spent_is_forgotten_when_it_has_run_out_and_never_before() -> None:
    challenges = Challenges(most_spent=2)
    first, second, third = (challenges.issue(NOW + late) for late in (0, 10, 20))
    assert is_taken(challenges, first, prove(first), NOW + 21)
    assert is_taken(challenges, second, prove(second), NOW + 21)
    assert not is_taken(challenges, third, prove(third), NOW + 21), "no more is remembered than that"
    assert is_taken(challenges, third, prove(third), NOW + SECONDS + 1), "once the first has run out"
    assert not is_taken(challenges, second, prove(second), NOW + SECONDS + 1)


def test_of_many_who_send_one_proof_at_once_one_is_taken(challenges: Challenges) -> None:
    challenge = challenges.issue(NOW)
    proof = prove(challenge)
    taken: list[bool] = []
    threads = [
        threading.Thread(target=lambda: taken.append(is_taken(challenges, challenge, proof)))
        for _ in range(16)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(taken) == [False] * 15 + [True]
