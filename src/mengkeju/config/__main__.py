"""`python -m mengkeju.config` is `mengkeju`."""

from mengkeju.config.cli import main

main()
