"""The error of everything that is set for a site: `site.toml`, what it was made as, and `DATABASE_URL`."""

from __future__ import annotations

from lippen.errors import LippenError


class ConfigurationError(LippenError):
    """What was set for the site cannot be used."""
