"""What the demo region does at night, and what its published texts tell beside computed counts."""

from django.conf import settings

from mengkeju.demo.published import counts
from mengkeju.directory.engine.published import published
from mengkeju.kernel.jobs import nightly

nightly.register("demo.shelf", "mengkeju.demo.tasks.hold_shelf")
if settings.DEMO:
    for key, told in counts():
        published.register(key, told)
