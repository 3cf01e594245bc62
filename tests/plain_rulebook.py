"""A rulebook for tests that look at readers and engines: a rate for each of two groups."""

from __future__ import annotations

RULEBOOK = """\
rulebook: plain
title: Plain
currency: RUB
students:
  g: [a, b]
parameters:
  rate: {kind: money, by: g, values: {a: 100, b: 10}}
lines:
  base: {title: Base, for: each student, amount: 'rate[g]'}
"""
