"""Slides: derivatives by hand to attention."""
