"""Makes the files of this folder: the students of ../worked_example as they really come.

`--check` writes nothing and exits with 1 when a file is not what the program makes.
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
Row = tuple[str, str, str, str]
HEADER: Row = ("Код школы", "Код ученика", "Класс или группа", "Особые потребности")
EXPORT: list[Row] = [
    ("0131", "S100001", "Группа полного дня", "нет"),
    ("0131", "S100002", "Группа полного дня", "ОВЗ"),
    ("0131", "S100003", "Группа кратковременного пребывания", "нет"),
    ("0131", "S100004", "1 А", "нет"),
    ("0131", "S100005", "4 Б", "НОДА"),
    ("0131", "S100006", "7 А", "ОВЗ"),
    ("0131", "S100007", "9 В", "нет"),
]
SCHOOL: list[Row] = [
    ("0415", "S100008", "2 А", "нет"),
    ("0415", "S100009", "3 А", "нет"),
    ("0415", "S100010", "7 Б", "ОВЗ"),
    ("0415", "S100011", "10 А", "нет"),
    ("0415", "S100012", "11 А", "нет"),
]
WRONG_EXPORT = {3: ("0131", "S100004", "12 А", "нет"), 6: ("131", "S100007", "9 В", "нет")}
WRONG_SCHOOL = {4: ("0415", "S100008", "11 А", "нет")}
AS_A_NUMBER = 2
"""The row of the school's workbook in which the code was typed as a number and formatted."""


def export(rows: list[Row]) -> bytes:
    """An export in Windows-1251: a title above the header, a total below."""
    table = [
        ("Контингент на 01.01.2025", "", "", ""),
        HEADER,
        *rows,
        ("Итого", str(len(rows)), "", ""),
    ]
    return "".join(";".join(row) + "\n" for row in table).encode("cp1251")


def workbook(rows: list[Row], as_a_number: int | None = None) -> bytes:
    """A school's workbook of two sheets, with a title above the header."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        book.set_properties({"created": datetime(2025, 1, 9)})
        note = book.add_worksheet("Справка")
        note.write_string(0, 0, "Заполняет школа до 15 января")
        sheet = book.add_worksheet("Ученики")
        sheet.write_string(0, 0, "Гимназия № 415 «Перо»")
        four_digits = book.add_format({"num_format": "0000"})
        for number, row in enumerate((HEADER, *rows)):
            for column, text in enumerate(row):
                sheet.write_string(number + 1, column, text)
            if as_a_number is not None and number == as_a_number + 1:
                sheet.write_number(number + 1, 0, int(row[0]), four_digits)
        sheet.set_column(0, 3, 22)
    return buffer.getvalue()


def _with(rows: list[Row], wrong: dict[int, Row]) -> list[Row]:
    return [wrong.get(number, row) for number, row in enumerate(rows)]


def files() -> dict[str, bytes]:
    """The content of each file."""
    return {
        "as_received/register.csv": export(_with(EXPORT, WRONG_EXPORT)),
        "as_received/0415.xlsx": workbook(_with(SCHOOL, WRONG_SCHOOL), AS_A_NUMBER),
        "mended/register.csv": export(EXPORT),
        "mended/0415.xlsx": workbook(SCHOOL),
    }


def main() -> int:
    """Write the files, or check them."""
    stale = [
        name
        for name, content in files().items()
        if not (HERE / name).is_file() or (HERE / name).read_bytes() != content
    ]
    if "--check" in sys.argv:
        return 1 if stale else 0
    for name in stale:
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_bytes(files()[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
