"""torch.nn in index notation, from the note "微積分 + Al Deep Learning + PyTorch"."""
