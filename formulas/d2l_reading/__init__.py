"""Reading notes on chapters 2, 7, 8 and 9."""
