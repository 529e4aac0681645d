"""Three kinds of sources, three spiders; what they share stands in base.py."""
