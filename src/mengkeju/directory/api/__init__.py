"""The directory through the API: organisations, reference data, the register of technology-transfer bodies.

What the pages show; reads only. config.api mounts `routes`.
"""

from mengkeju.directory.api import bodies
from mengkeju.directory.api.organisations import routes

__all__ = ["bodies", "routes"]
