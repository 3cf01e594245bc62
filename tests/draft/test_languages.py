"""Exports of several countries are drafted by what their columns are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from formula_funding.read.plain_words import is_total, totals_among
from formula_funding.read.unread_counts import tells_counts
from tests.conftest import Funding

RULEBOOK = """\
rulebook: city
title: City
currency: EUR
students: {grade: 1..12, needs: [none, special]}
schools: {district: text, remote: truth}
parameters: {norm: {kind: money, value: 100}}
lines:
  base: {title: Base, for: each student, when: needs = none or grade > 0, amount: norm}
  road: {title: Road, for: each school, when: remote and district != "", amount: norm}
"""
EXPORTS = {
    "pl": (
        "cp1250",
        "Numer szkoły;Identyfikator ucznia;Klasa;Potrzeby specjalne",
        "Numer szkoły;Nazwa szkoły;Powiat;Oddalona",
        "tak",
    ),
    "uk": (
        "cp1251",
        "Код закладу освіти;Ідентифікатор учня;Клас;Особливі потреби",
        "Код закладу;Назва закладу;Район;Віддалений",
        "так",
    ),
    "kk": (
        "utf-16",
        "Мектеп коды;Оқушының ЖСН;Сынып;Ерекше қажеттіліктер",
        "Мектеп коды;Мектеп атауы;Аудан;Шалғай",
        "иә",
    ),
    "es": (
        "cp1252",
        "Código de centro;Identificador del alumno;Curso;Necesidades especiales",
        "Código de centro;Nombre del centro;Municipio;Lejano",
        "sí",
    ),
    "de": (
        "cp1252",
        "Schulnummer;Schülernummer;Klassenstufe;Förderbedarf",
        "Schulnummer;Schulname;Bezirk;Abgelegen",
        "ja",
    ),
    "fr": (
        "cp1252",
        "Numéro de l'établissement;Identifiant élève;Niveau;Besoins particuliers",
        "Code UAI;Nom de l'établissement;Département;Isolé",
        "oui",
    ),
}


def _draft(funding: Funding, *words: str) -> list[str]:
    finished = funding("roster", "draft", *words, "--rulebook", "rulebook.yaml")
    assert (finished.exit_code, finished.stderr) == (0, "")
    return finished.stdout.splitlines()


@pytest.fixture(autouse=True)
def _rulebook(tmp_path: Path) -> None:
    (tmp_path / "rulebook.yaml").write_text(RULEBOOK, encoding="utf-8")


@pytest.mark.parametrize("language", EXPORTS)
def test_ids_names_and_attributes_are_known_by_what_a_country_calls_them(
    funding: Funding, tmp_path: Path, language: str
) -> None:
    encoding, roster, schools, yes = EXPORTS[language]
    rows = f"{roster}\n0101;a1;1;none\n0101;a2;2;special\n0102;a3;2;none\n"
    (tmp_path / "roster.csv").write_text(rows, encoding=encoding)
    (tmp_path / "schools.csv").write_text(
        f"{schools}\n0101;A;B;no\n0102;C;D;{yes}\n", encoding=encoding
    )
    told = ("--encoding", encoding)
    lines = _draft(funding, "roster.csv", "--schools", "schools.csv", *told)
    columns = [line.strip().split("  #")[0] for line in lines if "by its name" in line]
    ids, own = roster.split(";"), schools.split(";")
    names = ("school_id", "student_id", "grade", "needs", "school_id", "name", "district")
    wanted = zip(names, [*ids, *own], strict=False)
    assert [text.replace('"', "") for text in columns] == [
        f"{name}: !guess {column}" for name, column in wanted
    ]
    assert f"      {yes}: yes" in lines
    assert lines.count(f"  encoding: {encoding}") == 2


def test_headers_are_known_without_their_accents(funding: Funding, tmp_path: Path) -> None:
    """As older programs export them."""
    text = "Numer szkoly;Klasa;Specjalne potrzeby edukacyjne\n0101;1;none\n"
    (tmp_path / "roster.csv").write_text(text, encoding="ascii")
    lines = _draft(funding, "roster.csv")
    assert "    school_id: !guess Numer szkoly  # by its name" in lines


def test_a_register_in_unicode_beside_a_roster_that_is_not_is_read_as_what_it_is(
    funding: Funding, tmp_path: Path
) -> None:
    _, roster, schools, _ = EXPORTS["pl"]
    (tmp_path / "roster.csv").write_text(f"{roster}\n0101;a;1;none\n", encoding="cp1250")
    (tmp_path / "schools.csv").write_text(f"{schools}\n0101;A;B;no\n", encoding="utf-8")
    lines = _draft(funding, "roster.csv", "--schools", "schools.csv", "--encoding", "CP1250")
    assert [line for line in lines if "encoding" in line] == [
        "  encoding: cp1250",
        "  encoding: utf-8",
    ]


def test_an_unknown_encoding_is_wrong_usage_that_lists_the_known(
    funding: Funding, tmp_path: Path
) -> None:
    (tmp_path / "roster.csv").write_text("Szkoła\n", encoding="cp1250")
    words = ("roster", "draft", "roster.csv", "--rulebook", "rulebook.yaml")
    said = funding(*words)
    assert [problem.code for problem in said.errors] == ["Y002"]
    assert "--encoding" in said.stderr
    said = funding(*words, "--encoding", "latin2")
    assert said.exit_code == 2
    assert "`latin2` is none that can be read: utf-8, utf-16, cp1250" in said.stderr


@pytest.mark.parametrize(
    "header",
    [
        *("Кількість учнів", "Оқушылар саны", "Liczba uczniów", "Anzahl Schüler", "Schülerzahl"),
        *("Nombre d'élèves", "Effectif", "Número de alumnos", "Matrícula"),
    ],
)
def test_a_column_of_numbers_of_students_is_told_in_each_language(header: str) -> None:
    assert tells_counts(header)


@pytest.mark.parametrize(
    "text", ["Усього", "Всього по місту", "Разом:", "Барлығы", "TOTAL GENERAL"]
)
def test_a_row_of_totals_is_known_in_each_language(text: str) -> None:
    assert is_total(text)
    assert totals_among([text, "0101"]) == {text}
