"""The workbench's side: its groups, and which of them stand open."""

from typing import Any

from django import template
from django.template.context import Context

from mengkeju.kernel import ui

register = template.Library()


@register.inclusion_tag("mk/bench_nav.html", takes_context=True)
def bench_nav(context: Context) -> dict[str, Any]:
    """The places of the workbench; `nav_key` of the page marks the reader's own."""
    return {"groups": ui.grouped(context["mk"].bench, str(context.get("nav_key") or ""))}
