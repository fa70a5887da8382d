"""Fields and sections as data → Django form, check-answers page, difference of two versions."""

from mengkeju.kernel.forms.build import Sources, build_form
from mengkeju.kernel.forms.show import ShownField, changed, shown
from mengkeju.kernel.forms.spec import FieldSpec, FieldType, Section

__all__ = ["FieldSpec", "FieldType", "Section", "ShownField", "Sources", "build_form", "changed", "shown"]
