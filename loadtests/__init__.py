"""Load: locust users, scenarios, budgets and side-by-side benchmarks."""
