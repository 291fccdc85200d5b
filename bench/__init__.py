"""Benches: what the product costs beside a floor of our own, measured in the same run (docs/benchmarks.md)."""
