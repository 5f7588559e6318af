"""What runs: tensor programs made from equations."""
