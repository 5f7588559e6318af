"""The normal form of index expressions: polynomials over interned atoms, and what is zero."""
