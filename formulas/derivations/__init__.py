"""Derivations for a hand-written framework."""
