"""Anyone's function and its hand-written vjp, held against derivatives that are measured: ⟨c, J v⟩
along random signs, halved down to the entry that is wrong."""
