"""What the room Trade keeps beside the lake: what people said of words that may be new. Only `answers`
writes.

People and organisations stand here as references, as in the register.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from lippen.site.accounts.models import new_reference


class Answer(models.TextChoices):
    """What somebody says of a word; the first three as `lippen.trade.term_decisions.ANSWERS` has them.
    TAKEN_BACK takes their own earlier answer back.
    """

    NEW_TERM = "new term", "a new term"
    KNOWN = "known", "a term that was known"
    NOT_THIS = "not this", "no term of the trade"
    TAKEN_BACK = "taken back", "taken back"


class TermAnswer(models.Model):
    """What one person said of one word.

    Rows are only ever added (`answered` says which counts). `term` is the word as the ranking writes it, and
    `term_id` stands for it in addresses and in the register. `substance` is what it means, "" where that was
    not said. `burst`, `context_fit` and `contexts` are those that were shown beside it, from which the next
    ranking learns; `reckoned` names the ranking that showed them.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    term_id = models.CharField(max_length=32, db_index=True)
    term = models.TextField()
    answer = models.CharField(max_length=12, choices=Answer.choices)
    substance = models.CharField(max_length=120, blank=True)
    burst = models.FloatField()
    context_fit = models.FloatField()
    contexts = models.JSONField(default=list)
    reckoned = models.CharField(max_length=255)
    by = models.CharField(max_length=16)
    organisation = models.CharField(max_length=16)
    at = models.DateTimeField(default=timezone.now)
