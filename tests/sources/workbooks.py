"""Workbooks made part by part, so that a test has exactly the XML that it means."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def text(reference: str, value: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def number(reference: str, value: str, style: int = 0) -> str:
    """A cell with a number; `style` is the place of its format among `formats`."""
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def row(row_number: int, *cells: str, more: str = "") -> str:
    return f'<row r="{row_number}" {more}>{"".join(cells)}</row>'


def texts(row_number: int, *values: str, more: str = "") -> str:
    """A row of texts from column A on."""
    cells = (text(f"{chr(65 + i)}{row_number}", value) for i, value in enumerate(values))
    return row(row_number, *cells, more=more)


def write_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[str]],
    *,
    formats: Sequence[str] = (),
    after: str = "",
    is_1904: bool = False,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Write sheets of rows. Style 0 is plain, style n has the n-th of `formats`."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>'
        for i, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    custom = "".join(
        f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(code)}/>'
        for i, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{164 + i}"/>' for i in range(len(formats)))
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f'<workbookPr date1904="{int(is_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}'
        f'<Relationship Id="rId99" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{custom}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
    }
    for i, name in enumerate(names, 1):
        rows = "".join(sheets[name])
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in (parts | dict(extra or {})).items():
            package.writestr(part, content if content.startswith("<?xml") else _HEAD + content)
