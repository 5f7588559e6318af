"""Renderings of a report; nothing is computed here."""
