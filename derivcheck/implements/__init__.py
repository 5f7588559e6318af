"""Anyone's function or torch module, held against a formula: its outputs, then its gradients, at
points inside the formula's domains where all extents differ."""
