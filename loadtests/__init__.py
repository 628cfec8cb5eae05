"""Load and benchmarks: what the house carries, and what others carry beside it."""
