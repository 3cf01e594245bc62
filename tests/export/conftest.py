"""The village is at hand for every test of this folder."""

from tests.export.village import village

__all__ = ["village"]
