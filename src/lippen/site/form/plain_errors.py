"""What fields say when something has to be put right, in plain words in place of Django's own."""

from __future__ import annotations

from django import forms
from django.core import validators


def say_plainly() -> None:
    """Called once, when Django starts. A field that brings words of its own keeps them."""
    forms.Field.default_error_messages["required"] = "Fill this in."
    forms.ChoiceField.default_error_messages["invalid_choice"] = "Choose one of those that are offered."
    forms.IntegerField.default_error_messages["invalid"] = "Write a whole number in figures."
    validators.EmailValidator.message = "Write an e-mail address, such as name@example.org."
    validators.MinValueValidator.message = "Write a number that is %(limit_value)s or more."
    validators.MaxValueValidator.message = "Write a number that is %(limit_value)s or less."
    validators.MaxLengthValidator.message = (
        "This is too long. Write at most %(limit_value)d characters; now there are %(show_value)d."
    )
