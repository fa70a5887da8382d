"""What an action refuses, shown at the fields of the form it came from."""

from django import forms
from django.core.exceptions import ValidationError


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put an action's refusal at its fields; what has no field goes to the top."""
    for name, texts in getattr(error, "message_dict", {"__all__": error.messages}).items():
        form.add_error(name if name in form.fields else None, texts)
