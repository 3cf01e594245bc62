"""Rosters as they really come: each a file made here, and the code and the place that it gives.

A table to read from top to bottom. Where no code is told, the file is understood: its one student
of school 00125 brings 100.
"""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from formula_funding.read.cell_reader import SPACES
from tests.sources.conftest import BY_BIRTHDAY, BY_FTE, RULEBOOK, SCHOOLS, Run, places, totals
from tests.sources.workbooks import number, row, text, texts, write_workbook

HEAD = texts(1, "school_id", "grade")
ID, GRADE = text("A2", "00125"), number("B2", "5")
CYRILLIC = "school_id,name\nШК-125А,Hill\nШК-126А,Dale\n"
LARGE = "school_id\n" + "".join(f"{code:05}\n" for code in range(125, 135))
Maker = Callable[[Path], None]


@dataclass(frozen=True)
class Source:
    """A file, the codes and places that it gives, and what was declared of it."""

    what: str
    file: str
    make: Maker
    gives: str = ""
    total: str = "100.00"
    layout: str | None = None
    rulebook: str = RULEBOOK
    schools: str = SCHOOLS
    options: Sequence[str] = ()


def sheet(*rows: str, formats: Sequence[str] = (), after: str = "", is_1904: bool = False) -> Maker:
    """A workbook with one sheet, `Oct`."""
    return lambda path: write_workbook(
        path, {"Oct": rows}, formats=formats, after=after, is_1904=is_1904
    )


def content(data: str | bytes, encoding: str = "utf-8") -> Maker:
    """A file of these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))

    return make


def workbook(*lines: Sequence[object]) -> Maker:
    """A workbook as openpyxl writes it, with a sheet called `Sheet`."""

    def make(path: Path) -> None:
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(path)

    return make


def two_sheets(path: Path) -> None:
    rows = [HEAD, texts(2, "00125", "5")]
    write_workbook(path, {"Oct": rows, "Nov": rows})


def billion_laughs(path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    strings = (
        f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>&l9;</t></si></sst>"
    )
    write_workbook(path, {"Oct": [HEAD]}, extra={"xl/worksheets/sheet1.xml": strings})


MEGABYTE = 1_000_000


def _blanks(megabytes: int) -> bytes:
    """So many megabytes of blanks, deflated; the blocks do not know of each other."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflate.compress(b" " * MEGABYTE) + deflate.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def zip_bomb(path: Path, told: int = 3000 * MEGABYTE) -> None:
    """Three gigabytes of blanks in some three megabytes; their size is told truly, or not."""
    data, name = _blanks(3000), b"_rels/.rels"
    sizes = struct.pack("<LLL", 0, len(data), told)
    common = struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(name), 0)
    local = b"PK\3\4" + common + name + data
    central = b"PK\1\2" + struct.pack("<H", 20) + common + b"\0" * 14 + name
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)


def gzip_bomb(path: Path) -> None:
    """A hundred megabytes of blanks; gzip does not tell a size before its end."""
    path.write_bytes(b"\x1f\x8b\x08" + b"\0" * 7 + _blanks(100))


def county_changed(path: Path) -> None:
    """Ten schools, of which five have new codes that begin with 9 in place of 0."""
    codes = [f"{code:05}" if code < 130 else f"9{code:04}" for code in range(125, 135)]
    path.write_text("school_id,grade\n" + "".join(f"{code},5\n" * 20 for code in codes))


def two_far_cells(path: Path) -> None:
    rows = [row(1, text("A1", "school_id")), row(1_048_576, text("XFD1048576", "5"))]
    write_workbook(path, {"Oct": rows})


ROSTERS = [
    # Codes of schools
    Source("ids with leading zeros, as text", "r.xlsx", sheet(HEAD, texts(2, "00125", "5"))),
    Source("ids with leading zeros, in CSV", "r.csv", content("school_id,grade\n00125,5\n")),
    Source("ids as numbers", "r.xlsx", sheet(HEAD, row(2, number("A2", "125"), GRADE)),
           "D009 r.xlsx › Oct › A2"),
    Source("ids as numbers formatted 00000", "r.xlsx",
           sheet(HEAD, row(2, number("A2", "125", 1), GRADE), formats=["00000"]),
           "D071 r.xlsx › Oct › A2"),
    Source("ids as numbers with a hyphen of the format", "r.xlsx",
           sheet(HEAD, row(2, number("A2", "12500", 1), GRADE), formats=["000-00"]),
           "D071 r.xlsx › Oct › A2"),
    Source("ids as numbers with a word of the format", "r.xlsx",
           sheet(HEAD, row(2, number("A2", "125", 1), GRADE), formats=['"ШК "0']),
           "D071 r.xlsx › Oct › A2"),
    Source("an id 1E5, typed as a number", "r.xlsx",
           sheet(HEAD, row(2, number("A2", "100000", 1), GRADE), formats=["0.00E+00"]),
           "D071 r.xlsx › Oct › A2"),
    Source("an id 1E5, as text, that is not 100000", "r.csv", content("school_id,grade\n1E5,5\n"),
           "D009 r.csv:2:1", schools="school_id\n100000\n00125\n"),
    Source("an id 1E5, as text, of the school 1E5", "r.csv",
           content("school_id,grade\n1E5,5\n00125,5\n"), schools="school_id\n1E5\n00125\n"),
    Source("a Latin letter in a Cyrillic code", "r.csv",
           content("school_id,grade\nШК-125A,5\nШК-126А,5\n"), "D074 r.csv:2:1", schools=CYRILLIC),
    Source("a Latin letter in one of two codes, without a register", "r.csv",
           content("school_id,grade\nШК-125А,5\nШК-125A,5\n"), "D074 r.csv:3:1", schools=""),
    Source("a Latin letter in a declared value", "r.csv",
           content("school_id,grade,needs\n00125,5,норма\n00125,5,нopма\n"), "D074 r.csv:3:3",
           rulebook=RULEBOOK.replace("1..11}", "1..11, needs: [норма, ОВЗ]}")
           .replace("grade > 0", "grade > 0 and needs = норма")),
    Source("NA as an id, without a register", "r.csv", content("school_id,grade\nNA,5\n"),
           "D008 r.csv:2:1", schools=""),
    Source("NA as an id, of the school NA", "r.csv", content("school_id,grade\nNA,5\n00125,5\n"),
           schools="school_id\nNA\n00125\n"),
    Source("one county's codes all changed", "r.csv", county_changed,
           "D053 r.csv; D009 r.csv:102:1; D009 r.csv:122:1; D009 r.csv:142:1; D009 r.csv:162:1; "
           "D009 r.csv:182:1", schools=LARGE),
    # Workbooks
    Source("merged cells", "r.xlsx",
           sheet(HEAD, texts(2, "00125", "5"), row(3, text("B3", "6")),
                 after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'),
           "D070 r.xlsx › Oct › A3"),
    Source("a hidden row", "r.xlsx",
           sheet(HEAD, texts(2, "00125", "5"), texts(3, "00125", "6", more='hidden="1"')),
           "D067 r.xlsx › Oct › row 3"),
    Source("rows hidden by a filter", "r.xlsx",
           sheet(HEAD, texts(2, "00125", "5", more='hidden="1"'), texts(3, "00125", "6"),
                 after='<autoFilter ref="A1:B3"/>'),
           "D067 r.xlsx › Oct › row 2"),
    Source("a formula without a cached value", "r.xlsx",
           workbook(["school_id", "grade"], ["00125", "=4+1"]), "D068 r.xlsx › Sheet › B2"),
    Source("numbers stored as text", "r.xlsx", sheet(HEAD, texts(2, "00125", "5"))),
    Source("a date of the 1904 system", "r.xlsx",
           sheet(texts(1, "school_id", "born"), row(2, ID, number("B2", "40786", 1)),
                 formats=["dd.mm.yyyy"], is_1904=True), rulebook=BY_BIRTHDAY),
    Source("the same day of the 1900 system", "r.xlsx",
           sheet(texts(1, "school_id", "born"), row(2, ID, number("B2", "42248", 1)),
                 formats=["dd.mm.yyyy"]), rulebook=BY_BIRTHDAY),
    *(Source(f"{stored} of a “Strict Open XML” workbook", "r.xlsx",
             sheet(texts(1, "school_id", "born"),
                   row(2, ID, f'<c r="B2" t="d"><v>{stored}</v></c>')),
             gives, rulebook=BY_BIRTHDAY, layout="roster: {dates: 31.01.2025}")
      for stored, gives in (("2015-09-01", ""), ("2015-09-01T00:00:00.000", ""),
                            ("2015-09-01T08:30:00", "D007 r.xlsx › Oct › B2"),
                            ("a day", "D019 r.xlsx"))),
    Source("such a date in place of a code", "r.xlsx",
           sheet(HEAD, row(2, '<c r="A2" t="d"><v>2025-05-12</v></c>', GRADE)),
           "D101 r.xlsx › Oct › A2"),
    Source("two candidate sheets", "r.xlsx", two_sheets, "D066 r.xlsx"),
    Source("two candidate sheets, one of them named", "r.xlsx", two_sheets,
           layout="roster: {sheet: Nov}"),
    Source("two cells, the far one XFD1048576", "r.xlsx", two_far_cells,
           "D005 r.xlsx › Oct › XFD1048576", rulebook=RULEBOOK.replace("when: grade > 0, ", "")),
    # Values
    *(Source(f"1 234,50 with the space U+{ord(space):04X}", "r.csv",
             content(f"school_id;fte\n00125;1{space}234,50\n"),
             layout='roster: {numbers: "1 234,50", delimiter: ";"}', total="123450.00",
             rulebook=BY_FTE.replace("0..1", "0..9999"))
      for space in SPACES),
    Source("1 234,50, but not declared", "r.csv", content("school_id;fte\n00125;1 234,50\n"),
           "D007 r.csv:2:2", rulebook=BY_FTE),
    *(Source(f"{sign} as a value", "r.csv", content(f"school_id,grade\n00125,{sign}\n"),
             "D007 r.csv:2:2") for sign in ("–", "x", "NA", "None")),
    *(Source(f"{sign} as a count", "r.csv", content(f"school_id,grade,students\n00125,5,{sign}\n"),
             "D011 r.csv:2:3") for sign in ("–", "x", "NA", "None")),
    *(Source(f"{sign} declared to be empty", "r.csv", content(f"school_id,fte\n00125,{sign}\n"),
             layout='roster: {empty: ["–", x, NA, None]}', rulebook=BY_FTE)
      for sign in ("–", "x", "NA", "None")),
    *(Source(f"a day with the time {time}", "r.csv",
             content(f"school_id,born\n00125,{day}{time}\n"), gives,
             rulebook=BY_BIRTHDAY, layout=f"roster: {{dates: {form}}}")
      for day, time, form, gives in (
          ("2015-09-01", " 00:00:00.000", "2025-01-31", ""),
          ("2015-09-01", "T00:00:00", "2025-01-31", ""),
          ("01.09.2015", " 0:00:00", "31.01.2025", ""),
          ("2015-09-01", " 00:00:01", "2025-01-31", "D007 r.csv:2:2"),
          ("2015-09-01", " 00:00:00+03", "2025-01-31", "D007 r.csv:2:2"))),
    # Rows
    Source("a second header in the middle", "r.csv",
           content("school_id,grade\n00125,5\nschool_id,grade\n00125,6\n"), "D073 r.csv:3:1"),
    Source("a second file with its byte order mark, put behind the first", "r.csv",
           content(b"\xef\xbb\xbfschool_id,grade\n00125,5\n" * 2), "D073 r.csv:3:1"),
    Source("a totals row", "r.csv", content("school_id,grade,students\n00125,5,1\nИтого,,1\n"),
           "D021 r.csv:3:1"),
    Source("a totals row with more words", "r.csv",
           content("school_id,grade,students\n00125,5,1\nВСЕГО по району:,,1\n"), "D021 r.csv:3:1",
           schools=""),
    Source("a totals row named in another column", "r.csv",
           content("n,school_id,grade,students\n1,00125,5,1\nИтого,,,1\n"), "D021 r.csv:3:1"),
    Source("blank rows", "r.csv", content("school_id,grade\n\n00125,5\n\n\n,\n   ,  \n")),
    Source("lines of white space, and the sign that ends a text under DOS", "r.csv",
           content("school_id,grade\n  \n00125,5\n\t\n\u00a0\n\x1a")),
    Source("blank rows of a workbook", "r.xlsx",
           sheet(HEAD, '<row r="2"><c r="A2"/></row>', texts(5, "00125", "5"),
                 row(6, text("B6", " ")))),
    Source("a ragged row", "r.csv", content("school_id,grade\n00125,5\n00125,6,7\n"),
           "D005 r.csv:3"),
    Source("a quotation mark never closed", "r.csv",
           content('school_id,grade\n00125,5\n"00125,6\n00125,7\n'), "D005 r.csv:3"),
    Source("a cell of three million characters", "r.csv",
           content("school_id,grade,photo\n00125,5," + "z" * 3_000_000), "D005 r.csv:2"),
    Source("spaces before quotation marks", "r.csv", content('"school_id", "grade"\n"00125", "5"')),
    # Files
    Source("a byte that is not of the declared encoding", "r.csv",
           content(b"school_id,grade\n00125,5\n0012\xff,6\n"), "Y002 r.csv:3:5",
           layout="roster: {encoding: utf-8}"),
    Source("a byte that cp1251 does not have", "r.csv",
           content("школа,класс\n00125,5\n001".encode("cp1251") + b"\x98,6\n"), "Y002 r.csv:3:4",
           layout="roster: {encoding: cp1251, columns: {school_id: школа, grade: класс}}"),
    Source("half of a UTF-16 character", "r.csv",
           content("school_id,grade\n00125,5\n".encode("utf-16") + b"\0"), "Y002 r.csv:3:1"),
    Source("a byte order mark", "r.csv", content("school_id,grade\n00125,5\n", "utf-8-sig")),
    Source("UTF-16 with its mark", "r.csv", content("school_id,grade\n00125,5\n", "utf-16")),
    *(Source(f"{encoding} without its mark", "r.csv",
             content("school_id,grade,имя\n00125,5,Ж\n", encoding))
      for encoding in ("utf-16-le", "utf-16-be")),
    Source("cp1251 that its words prove", "r.csv",
           content("school_id;grade;имя\n00125;5;Анна\n", "cp1251")),
    Source("bytes that could be of many encodings", "r.csv",
           content("school_id,grade,name\n00125,5,Ren\xe9e\n", "latin-1"), "Y002 r.csv:2:12"),
    Source("a first line that tells the delimiter", "r.csv",
           content("sep=;\r\nschool_id;grade\r\n00125;5\r\n")),
    *(Source(f"a first line {line}", "r.csv", content(f"{line}\nschool_id;grade\n00125;5\n"))
      for line in ('"sep=;"', "SEP=;")),
    Source("a wrong cell below such a line", "r.csv", content("sep=;\nschool_id;grade\n00125;x\n"),
           "D007 r.csv:3:2"),
    *(Source(f"every cell in quotation marks, parted by {sign!r}", "r.csv",
             content(f'"school_id"{sign}"grade"\n"00125"{sign}"5"\n')) for sign in ",;\t|"),
    Source("a header with a quotation mark never closed", "r.csv",
           content('school_id,"grade\n00125,5\n'), "D005 r.csv:1"),
    Source("such a header, its delimiter declared", "r.csv",
           content('school_id;"grade\n00125;5\n'), "D005 r.csv:1",
           layout='roster: {delimiter: ";"}'),
    Source("tabs in a TSV file", "r.tsv", content("school_id\tgrade\n00125\t5\n")),
    Source("a compressed file", "r.csv.gz", content(gzip.compress(b"school_id,grade\n00125,5\n"))),
    Source("an empty file", "r.csv", content(""), "D002 r.csv"),
    Source("an empty workbook", "r.xlsx", sheet(), "D002 r.xlsx"),
    Source("a header without rows", "r.csv", content("school_id,grade\n"), "D002 r.csv"),
    Source("a workbook called .csv", "r.csv", content(b"PK\3\4...."), "D001 r.csv"),
    Source("a text called .xlsx", "r.xlsx", content("school_id,grade\n"), "D001 r.xlsx"),
    Source("a text called .gz", "r.csv.gz", content("school_id,grade\n"), "D001 r.csv.gz"),
    Source("a web page called .xlsx", "r.xlsx", content("<html><table>"), "D001 r.xlsx"),
    Source("a web page called .csv", "r.csv", content("<!DOCTYPE html>"), "D001 r.csv"),
    Source("an old workbook called .xlsx", "r.xlsx", content(b"\xd0\xcf\x11\xe0...."),
           "D001 r.xlsx"),
    Source("a zip file that is no workbook", "r.xlsx",
           lambda path: zipfile.ZipFile(path, "w").close(), "D001 r.xlsx"),
    *(Source(f"an {ending} file", f"r{ending}", content("anything"), f"D064 r{ending}")
      for ending in (".xls", ".xlsm", ".xlsb", ".ods")),
    # Files that mean harm
    Source("a zip bomb", "r.xlsx", zip_bomb, "D060 r.xlsx"),
    Source("a zip bomb that hides its size", "r.xlsx", lambda path: zip_bomb(path, 1000),
           "D019 r.xlsx"),
    Source("a header so wide that every row is long", "r.xlsx",
           sheet(row(1, text("A1", "school_id"), text("XFD1", "grade")),
                 *(texts(line, "00125") for line in range(2, 200))),
           "D060 r.xlsx", options=["--limit", "inflated_bytes=1_000_000"]),
    Source("a gzip bomb", "r.csv.gz", gzip_bomb, "D060 r.csv.gz",
           options=["--limit", "inflated_bytes=10_000_000"]),
    Source("a billion laughs", "r.xlsx", billion_laughs, "D065 r.xlsx"),
    Source("macros", "r.xlsx",
           lambda path: write_workbook(path, {"Oct": [HEAD]}, extra={"xl/vbaProject.bin": "x"}),
           "D065 r.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize("source", ROSTERS, ids=lambda source: source.what)
def test_a_roster_gives(run: Run, tmp_path: Path, source: Source) -> None:
    source.make(tmp_path / source.file)
    given = {"schools": source.schools, "rulebook": source.rulebook}
    finished = run(source.file, source.layout, *source.options, **given)
    if source.gives:
        assert "; ".join(places(finished)) == source.gives, finished.stderr
        assert (finished.exit_code in {1, 3}, finished.stdout) == (True, "")
    else:
        assert totals(finished)["00125"] == source.total


def test_schools_whose_codes_all_changed_can_not_be_accepted_away(run: Run, tmp_path: Path) -> None:
    county_changed(tmp_path / "r.csv")
    finished = run("r.csv", None, "--accept", "D009", "--reason", "closed", schools=LARGE)
    assert places(finished) == ["D053 r.csv"]
    assert finished.exit_code == 1
