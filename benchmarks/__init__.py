"""Comparisons of Driftpin with what people use otherwise, side by side in one run."""
