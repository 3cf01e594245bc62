"""The files that `funding init` writes."""
