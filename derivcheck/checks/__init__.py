"""One room per kind of statement: asks the oracles, hands back their evidence and findings."""
