"""What the exports of several countries call the usual attributes of students and schools.

A name stands in its dictionary form; `names.likeness` knows it again in other cases, with or
without its accents, and among a few words more. Abbreviations are those of national registers.
"""

from __future__ import annotations

from collections.abc import Mapping

KNOWN_AS: Mapping[str, Mapping[str, str]] = {
    "school_id": {
        "en": "school, school id, school code, school number, school no, urn, org id",
        "ru": "код школы, номер школы, школа, код оо, код оу, код организации, код учреждения, "
        "ид школы, id школы, образовательная организация",
        "uk": "код школи, номер школи, школа, код закладу, код закладу освіти, заклад освіти, "
        "id закладу, код єдрпоу, єдрпоу",
        "kk": "мектеп коды, мектеп нөмірі, мектеп, мектеп id, білім беру ұйымының коды, ұйым коды",
        "pl": "numer szkoły, kod szkoły, identyfikator szkoły, id szkoły, szkoła, numer rspo, rspo",
        "de": "schulnummer, schul nr, schulkennziffer, schulkennzahl, schulcode, schul id, schule",
        "fr": "code de l'établissement, code établissement, numéro de l'établissement, "
        "identifiant de l'établissement, établissement, code école, école, uai, code uai, rne",
        "es": "código de centro, código del centro, código de escuela, id centro, "
        "código del establecimiento, centro, centro educativo, escuela, rbd, cct, cue",
    },
    "student_id": {
        "en": "student id, pupil id, student number, pupil number, student code, upn",
        "ru": "код учащегося, код ученика, код обучающегося, номер учащегося, ид ученика, "
        "id ученика, личный номер, номер личного дела, снилс",
        "uk": "код учня, номер учня, ідентифікатор учня, id учня, номер особової справи",
        "kk": "оқушының коды, оқушы коды, оқушының нөмірі, оқушы id, оқушының жсн, жсн",
        "pl": "numer ucznia, kod ucznia, identyfikator ucznia, id ucznia, pesel",
        "de": "schülernummer, schüler nr, schüler id, schülercode, schülerkennung",
        "fr": "identifiant élève, identifiant de l'élève, numéro élève, code élève, id élève, ine",
        "es": "código del alumno, identificador del alumno, id alumno, número de alumno, "
        "id estudiante, código del estudiante, nia",
    },
    "name": {
        "en": "school name, name of school",
        "ru": "название, наименование, название школы, наименование школы, школа, "
        "наименование организации, краткое наименование",
        "uk": "назва, найменування, назва школи, назва закладу, назва закладу освіти, школа",
        "kk": "атауы, мектеп атауы, мектептің атауы, білім беру ұйымының атауы, мектеп",
        "pl": "nazwa, nazwa szkoły, szkoła",
        "de": "bezeichnung, schulname, name der schule, schule",
        "fr": "nom, nom de l'établissement, nom de l'école, dénomination, appellation officielle",
        "es": "nombre, denominación, nombre del centro, nombre de la escuela, "
        "nombre del establecimiento",
    },
    "students": {
        "en": "pupils, number of students, number of pupils, enrolment, headcount",
        "ru": "число учащихся, количество учащихся, учащихся, обучающихся, контингент, "
        "число обучающихся, количество обучающихся, численность, количество, кол-во",
        "uk": "кількість учнів, чисельність учнів, контингент, учнів, здобувачів освіти",
        "kk": "оқушылар саны, оқушы саны, білім алушылар саны, контингент",
        "pl": "liczba uczniów, uczniowie, stan uczniów",
        "de": "schüler, schülerzahl, anzahl schüler, anzahl der schüler, zahl der schüler",
        "fr": "élèves, nombre d'élèves, effectif, effectifs, nombre total d'élèves",
        "es": "alumnos, alumnado, número de alumnos, estudiantes, número de estudiantes, matrícula",
    },
    "grade": {
        "en": "class, year, year group",
        "ru": "класс, параллель, год обучения",
        "uk": "клас, паралель, рік навчання",
        "kk": "сынып, параллель, оқу жылы",
        "pl": "klasa, oddział, rok nauki",
        "de": "klasse, klassenstufe, jahrgangsstufe, jahrgang, schulstufe",
        "fr": "classe, niveau, année d'étude",
        "es": "curso, grado, nivel",
    },
    "needs": {
        "en": "special needs, sen",
        "ru": "овз, потребности, особые потребности, особые образовательные потребности",
        "uk": "ооп, потреби, особливі потреби, особливі освітні потреби",
        "kk": "қажеттіліктер, ерекше қажеттіліктер, ерекше білім беру қажеттіліктері",
        "pl": "potrzeby, potrzeby specjalne, specjalne potrzeby edukacyjne",
        "de": "förderbedarf, förderschwerpunkt, sonderpädagogischer förderbedarf",
        "fr": "besoins particuliers, besoins éducatifs particuliers",
        "es": "nee, necesidades especiales, necesidades educativas especiales",
    },
    "fte": {
        "en": "full time equivalent",
        "ru": "ставка, доля ставки",
        "uk": "ставка, частка ставки",
        "kk": "ставка",
        "pl": "etat",
        "de": "vollzeitäquivalent, vzä",
        "fr": "équivalent temps plein, etp",
        "es": "equivalente a tiempo completo",
    },
    "status": {
        "ru": "статус, вид школы, тип школы",
        "uk": "статус, вид закладу, тип закладу, тип школи",
        "kk": "мәртебесі, мектеп түрі",
        "pl": "rodzaj szkoły, typ szkoły",
        "de": "schulart, schulform, schultyp",
        "fr": "statut, type d'établissement",
        "es": "tipo de centro, tipo de escuela",
    },
    "district": {
        "ru": "район, округ",
        "uk": "район, громада, округ",
        "kk": "аудан, ауданы, округ",
        "pl": "powiat, gmina, dzielnica",
        "de": "bezirk, kreis, landkreis",
        "fr": "département, commune, circonscription",
        "es": "distrito, municipio, comuna",
    },
    "ownership": {
        "ru": "форма собственности",
        "uk": "форма власності",
        "kk": "меншік нысаны",
        "pl": "forma własności, organ prowadzący",
        "de": "trägerschaft, schulträger",
        "fr": "secteur",
        "es": "titularidad, dependencia",
    },
}
"""By the name in a rulebook and the language: names parted by commas."""

BARE_IDS = (
    *("id", "code", "number", "код", "ид", "номер", "нөмірі", "kod", "numer", "identyfikator"),
    *("nummer", "kennung", "identifiant", "numéro", "código", "número", "identificador", "clave"),
)
"""What the id of a school is called where every row is a school."""
