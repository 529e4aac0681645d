"""spacepact: who cooperates with whom in space, on what, at which stage, proven by which sentence."""
