"""Who says so: oracles that share no code with the derivation."""
