"""What follows from a formula: derivatives, normal forms and proofs."""
