"""Stage 1: from a source's address to articles. Knows neither the database nor alerts."""
