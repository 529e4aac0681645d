"""The pages that people look at: what was found, what was told to whom, and whether we are blind."""

from spacepact.web.health import Health, judge
from spacepact.web.site import View, make_site

__all__ = ["Health", "View", "judge", "make_site"]
