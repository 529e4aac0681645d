"""A fictional press on loopback, for programs that measure: sites with faults, and the news that they publish."""
