"""Numbers from text and back, exactly. No binary float exists on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from formula_funding.exact.rounding import decimal_places

_DECIMAL = re.compile(r"[+-]?[0-9]+(_[0-9]+)*(\.[0-9]+)?")
_QUOTIENT = re.compile(r"[+-]?[0-9]+(_[0-9]+)*/0*[1-9][0-9]*")
_WRITTEN = re.compile(r"(-?[0-9]+)(?:\.([0-9]+)|/([1-9][0-9]*))?")
_SCIENTIFIC = re.compile(r"(.*)[eE]([+-]?[0-9]{1,2})")
_ACCOUNTING = re.compile(r"\(?(-?)\$? ?([0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?|[0-9.]+)\)?")
_DIGIT_MEANT = str.maketrans("OoОоlIЗзб", "000011336")
"""Latin and Cyrillic letters that look like a digit, and the digits."""
_SUCH_AS = "write a number such as 160300, 160_300 or 0.5"
_FIRST_DIGITS = re.compile(r"[1-9][0-9]{0,2}(_[0-9]{3})*")
_MORE_DIGITS = re.compile(r"[0-9]{3}(\.[0-9]+)?")
MAX_DIGITS = 40
"""No published rate comes near it; a longer number is a slip or an attack."""


class NotANumberError(ValueError):
    """The text is no number; `hint` says how to write one."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


def number_from_text(text: str) -> Fraction:
    """Read `160_300`, `0.5` or `-12`. Raises NotANumberError with a hint."""
    if len(text) > MAX_DIGITS:
        raise NotANumberError(f"a number has at most {MAX_DIGITS} characters")
    if _DECIMAL.fullmatch(text):
        return Fraction(text.replace("_", ""))
    raise NotANumberError(_why_not(text))


def scientific_from_text(text: str) -> Fraction:
    """Read a number as programs export it: also `8.2e-05`, which is exactly 0.000082."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return number_from_text(text)
    return number_from_text(match[1]) * Fraction(10) ** int(match[2])


def plain_from_accounting(text: str) -> str:
    """`($1,013)` as `-1013`: without currency sign and separators, brackets as a minus."""
    match = _ACCOUNTING.fullmatch(text)
    if match is None:
        return text
    sign = "-" if text.startswith("(") else match[1]
    return sign + match[2].replace(",", "")


def ratio_from_text(text: str) -> Fraction:
    """Read a number, a percentage (`22.35%` is 0.2235) or a fraction (`11/15`)."""
    if len(text) <= MAX_DIGITS:
        if text.endswith("%"):
            return number_from_text(text[:-1].rstrip()) / 100
        if _QUOTIENT.fullmatch(text):
            return Fraction(text.replace("_", ""))
    return number_from_text(text)


def _why_not(text: str) -> str:
    if text.endswith("%") and "," not in text:
        return "a percentage belongs to a ratio; write an amount as a plain number"
    if re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", text):
        plain = f"write {text.replace(',', '_')} for thousands"
        return (
            f"{plain}, or {text.replace(',', '.')} for decimals" if text.count(",") == 1 else plain
        )
    if re.fullmatch(r"[+-]?[0-9 \u00a0\u202f]+,[0-9]+ ?%?", text):
        return "write the decimal with a point: " + re.sub(
            r"[ \u00a0\u202f]", "", text.replace(",", ".")
        )
    if re.fullmatch(r"[0-9]{1,3}([ \u00a0\u202f,'][0-9]{3})+", text):
        return "write thousands with an underscore or nothing: " + re.sub(
            r"[ \u00a0\u202f,']", "_", text
        )
    letters = sorted(set(re.findall(r"[^\W\d_]", text)))
    if letters and re.search("[0-9]", text):
        return _with_letters(text, letters)
    if text.lower() in {"yes", "no", "true", "false", "on", "off"}:
        return "write a number such as 1 or 0.5"
    return _SUCH_AS


def _with_letters(text: str, letters: Sequence[str]) -> str:
    """What to do about letters among digits; some are typed for a digit that they look like."""
    told = f"`{letters[0]}` in it is a letter" if len(letters) == 1 else "there are letters in it"
    meant = text.translate(_DIGIT_MEANT)
    if re.fullmatch("[0-9]{1,3}( [0-9]{3})+", meant):
        meant = meant.replace(" ", "_")
    if _DECIMAL.fullmatch(meant):
        return f"{told}: write {meant} if that is meant"
    return f"{told}: {_SUCH_AS}"


def parted_by_a_comma(before: object, key: str, value: object) -> str | None:
    """`8_509` for the entry `509` that `{town: 8,509}` has after `town: 8`; None for others."""
    is_first = isinstance(before, str) and _FIRST_DIGITS.fullmatch(before)
    if value is None and is_first and _MORE_DIGITS.fullmatch(key):
        return f"{before}_{key}"
    return None


def number_to_text(value: Fraction) -> str:
    """The shortest exact text: a decimal, or `11/15` where no decimal is exact."""
    places = decimal_places(value)
    if places is None:
        return f"{_digits(value.numerator)}/{_digits(value.denominator)}"
    return fixed_text(value, places)


def number_from_written(text: str) -> Fraction:
    """The number that `number_to_text` wrote, however long. Raises NotANumberError."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise NotANumberError("write a number such as 0.5 or 11/15")
    whole, decimals, denominator = match.groups(default="")
    if denominator:
        return Fraction(_whole(whole), _whole(denominator))
    return Fraction(_whole(whole + decimals), 10 ** len(decimals))


def fixed_text(value: Fraction, places: int) -> str:
    """A decimal with exactly `places` digits after the point; the value must fit them."""
    return units_text(whole_units(value, places), places)


def whole_units(value: Fraction, places: int) -> int:
    """How many units of 10^-`places` a value is; it must be a whole number of them."""
    scaled: Fraction = value * 10**places
    if scaled.denominator != 1:
        raise ValueError(f"{value} does not fit {places} decimal places")
    return scaled.numerator


def units_text(units: int, places: int) -> str:
    """`12345` hundredths are `123.45`."""
    sign = "-" if units < 0 else ""
    digits = _digits(abs(units)).rjust(places + 1, "0")
    if places == 0:
        return sign + digits
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def units_from_text(text: str, places: int) -> int:
    """The number that `units_text` wrote. Raises NotANumberError for any other text."""
    match = _WRITTEN.fullmatch(text)
    whole, decimals, denominator = match.groups(default="") if match else ("", "", "")
    if not whole or denominator or len(decimals) != places:
        raise NotANumberError(f"write an amount with {places} decimals")
    return _whole(whole + decimals)


def units_texts(units: Sequence[int], places: int) -> list[str]:
    """As `units_text`, for many numbers; each distinct one is written once."""
    text_of = {number: units_text(number, places) for number in set(units)}
    return [text_of[number] for number in units]


_LONG = 4_000
"""Python's own reading and writing of whole numbers stops a little above so many digits."""


def _digits(number: int) -> str:
    """A whole number in digits, of any length."""
    return str(number) if number.bit_length() < 3 * _LONG else format(Decimal(number), "f")


def _whole(text: str) -> int:
    """A whole number from its digits, of any length."""
    return int(text) if len(text) < _LONG else int(Decimal(text))
