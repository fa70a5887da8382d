"""What the demo region does at night."""

from mengkeju.kernel.jobs import nightly

nightly.register("demo.shelf", "mengkeju.demo.tasks.hold_shelf")
