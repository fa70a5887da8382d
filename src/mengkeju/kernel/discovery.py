"""Finds the modules in which capabilities register themselves.

Each installed capability may have `registers.py` (subjects, panels, searchables, followers …) and
`access.py` (its permission table), or a folder of that name with a file per noun. They are imported once, after all
models are loaded.
"""

import importlib
import importlib.util

from django.apps import apps

from mengkeju.kernel.kinds import load_folder

MODULES = ("access", "registers")


def discover() -> None:
    """Import `access` and `registers` of every installed mengkeju app."""
    for config in apps.get_app_configs():
        if not config.name.startswith("mengkeju."):
            continue
        for module in MODULES:
            name = f"{config.name}.{module}"
            if importlib.util.find_spec(name) is not None:
                found = importlib.import_module(name)
                if hasattr(found, "__path__"):
                    load_folder(found)
