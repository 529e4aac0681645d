"""One file a step, in order; never edit one that has been released."""
