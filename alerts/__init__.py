"""Stage 4: who cares about a story, what they are told, and how it reaches them."""
