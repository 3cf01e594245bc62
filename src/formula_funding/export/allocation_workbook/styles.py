"""How cells look: each style is made once for a workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from formula_funding.export.allocation_workbook.cells import Look

_LOOKS: dict[Look, dict[str, Any]] = {
    Look.TITLE: {"bold": True, "font_size": 16},
    Look.SUBTITLE: {"bold": True, "font_size": 12},
    Look.LABEL: {"bold": True, "valign": "top"},
    Look.PLAIN: {"align": "left", "valign": "top", "text_wrap": True},
    Look.HEADER: {"bold": True, "text_wrap": True, "bottom": 1, "top": 1, "valign": "vcenter"},
    Look.HEADER_OF_NUMBERS: {
        "bold": True,
        "text_wrap": True,
        "bottom": 1,
        "top": 1,
        "valign": "vcenter",
        "align": "right",
    },
    Look.FOLLOWING: {"valign": "top", "shrink": True},
    Look.IN_TABLE: {"valign": "top", "text_wrap": True, "bottom": 4},
    Look.TOTAL: {"bold": True, "valign": "top", "text_wrap": True, "top": 1, "bottom": 6},
    Look.INPUT: {"bold": True, "border": 1, "num_format": "@", "locked": False},
    Look.TO_SIGN: {"bottom": 1},
    Look.SMALL: {"font_size": 9, "italic": True, "valign": "top"},
}
_OF_AMOUNTS = {Look.IN_TABLE, Look.TOTAL, Look.FOLLOWING}
WRAPPED = {look for look, style in _LOOKS.items() if "text_wrap" in style}
"""The looks whose long texts take more lines."""
_WHERE: dict[Look, dict[str, Any]] = {
    Look.TOTAL: {"bold": True, "bottom": 1},
    Look.IN_TABLE: {"bottom": 4},
}
"""How cells look where a condition holds."""


class Styles:
    """The styles of one workbook. `places` are the decimals of its amounts."""

    def __init__(self, book: Any, places: int) -> None:
        self._book = book
        self._places = places
        self._tables: dict[tuple[int | None, bool, str], Any] = {}
        self._forms: dict[tuple[Look, str], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.note = book.add_format({"bold": True})
        self.link = book.add_format({"font_color": "#0563C1", "underline": 1, "valign": "top"})
        header = {"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"}
        self.header = {
            True: book.add_format(header | {"align": "left", "indent": 1}),
            False: book.add_format(header | {"align": "right"}),
        }
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "border": 4})
        self.holds = book.add_format({"font_color": "#006100", "bg_color": "#E2EFDA"})
        self.fails = book.add_format({"bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
        self.where = {look: book.add_format(style) for look, style in _WHERE.items()}

    def cell(self, places: int | None, *, is_total: bool = False, kind: str = "") -> Any:
        """The style of a number with so many decimals, or of text (None).

        A `figure` that may be changed is framed; a `held` value stands in italics on grey.
        """
        key = (places, is_total, kind)
        if key not in self._tables:
            style: dict[str, Any] = {"valign": "top"}
            if places is None:
                style |= {"text_wrap": True, "align": "left", "indent": 1}
            else:
                style["num_format"] = number_format_of(places)
            if kind == "held":
                style |= {"italic": True, "bg_color": "#EEEEEE"}
            if kind == "figure":
                style |= {"border": 4, "locked": False}
            if is_total:
                style |= {"bold": True, "top": 1}
            self._tables[key] = self._book.add_format(style)
        return self._tables[key]

    def form(self, look: Look, value: object, number_format: str = "") -> Any:
        """The style of a cell of a form that shows `value`."""
        found = number_format or self._format_of(look, value)
        if (look, found) not in self._forms:
            style = dict(_LOOKS[look])
            if found:
                style.setdefault("num_format", found)
            elif look in _OF_AMOUNTS:
                style |= {"align": "left", "indent": 1}
            self._forms[look, found] = self._book.add_format(style)
        return self._forms[look, found]

    def _format_of(self, look: Look, value: object) -> str:
        """The number format of a value; empty for a text."""
        if isinstance(value, Decimal):
            decimals = max(places_of(value) or 0, self._places)
            return number_format_of(decimals) if look in _OF_AMOUNTS else "General"
        is_count = isinstance(value, int) and not isinstance(value, bool)
        return number_format_of(0) if is_count else ""


def number_format_of(places: int) -> str:
    """Groups of thousands and so many decimals."""
    return "#,##0" + ("." + "0" * places if places else "")


def places_of(value: object) -> int | None:
    """The decimals of a number; None for a text."""
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        return max(-exponent, 0) if isinstance(exponent, int) else 0
    return 0 if isinstance(value, int) and not isinstance(value, bool) else None
