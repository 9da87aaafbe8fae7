"""How a form of Django is drawn: `{{ form }}` gives our own components, with labels, hints and errors tied to
their fields.
"""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """Django's own widgets inside our own fields."""

    form_template_name = "form/fields/form.html"
    field_template_name = "form/fields/field.html"
