"""Make the invented city: 60 schools and 50,000 students.

    python sample_data/city/make_city.py            write schools.csv and roster.csv
    python sample_data/city/make_city.py --check    exit 1 when the files on disk differ

Nobody in these files exists. No school, name or child was copied from a real register;
every row comes from the tables below and a fixed seed.

How the mix was chosen. It should look like a large Russian city to someone who funds one:

* Most schools are ordinary. Gymnasiums crowd into the old town, two schools are for cadets,
  four are private. The money must not depend on any of this, so all of it has to vary.
* Sizes are uneven: one village-like school of 38, seven of 200 to 400, two above 1,800,
  the rest between 600 and 1,100.
* About two thirds of the schools keep preschool groups. These hold about 14 % of all children
  for the full day and 2 % for a short stay. Lyceums and cadet schools begin with grade 5.
* Primary grades are the largest. After grade 9 about half of the students leave for colleges,
  fewer from gymnasiums, lyceums, cadet and advanced schools.
* 3.4 % of the students have special needs and 0.4 % a motor disorder: fewer in gymnasiums and
  lyceums, and more in some buildings than in others.

The bytes are the same on every Python from 3.11: the only source of chance is
`Random.random()`, and everything after it is whole numbers (the sum of floats changed in 3.12).
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

SEED = 2025
STUDENTS = 50_000
HERE = Path(__file__).resolve().parent

SCHOOL_COLUMNS = ("school_id", "name", "status", "ownership", "district")
STUDENT_COLUMNS = ("student_id", "school_id", "grade", "needs")

# A student's id is its place in the register times a number coprime with a million, plus a start.
ID_MODULUS, ID_FACTOR, ID_START = 1_000_000, 387_413, 271_828


@dataclass(frozen=True)
class Profile:
    """What the schools of one status have in common."""

    title: str
    first_grade: int
    preschool_percent: int  # schools that keep preschool groups
    senior_percent: int  # students in grades 10 and 11 against the weights in GRADE_WEIGHTS
    special: int  # students with special needs among 100,000
    motor: int  # students with a motor disorder among 100,000


PROFILES = {
    "ordinary": Profile(
        title="Школа № {number} «{name}»",
        first_grade=1,
        preschool_percent=80,
        senior_percent=90,
        special=3_650,
        motor=450,
    ),
    "gymnasium": Profile(
        title="Гимназия № {number} «{name}»",
        first_grade=1,
        preschool_percent=60,
        senior_percent=130,
        special=1_800,
        motor=220,
    ),
    "lyceum": Profile(
        title="Лицей № {number} «{name}»",
        first_grade=5,
        preschool_percent=0,
        senior_percent=170,
        special=1_500,
        motor=200,
    ),
    "cadet": Profile(
        title="Кадетская школа № {number} «{name}»",
        first_grade=5,
        preschool_percent=0,
        senior_percent=150,
        special=900,
        motor=0,
    ),
    "advanced": Profile(
        title="Школа с углублённым изучением {name} № {number}",
        first_grade=1,
        preschool_percent=75,
        senior_percent=120,
        special=2_800,
        motor=350,
    ),
}

# How the children of a school with every grade spread over its grades. After grade 4 some leave
# for lyceums and cadet schools, after grade 9 for colleges.
GRADE_WEIGHTS = {
    "full_day": 292,
    "short_stay": 42,
    "1": 128,
    "2": 126,
    "3": 124,
    "4": 120,
    "5": 97,
    "6": 95,
    "7": 93,
    "8": 91,
    "9": 89,
    "10": 43,
    "11": 41,
}
PRESCHOOL = ("full_day", "short_stay")
SENIOR = ("10", "11")

# District, status, names. The order gives the district its number, 01 to 05.
NAMES = {
    "north": {
        "ordinary": (
            "Ясная поляна",
            "Сосновый бор",
            "Северное сияние",
            "Берёзовая роща",
            "Снегири",
            "Новые кварталы",
            "Полярная звезда",
            "Лесной городок",
            "Черничный лог",
            "Вьюга",
            "Тихие дворы",
        ),
        "gymnasium": ("Созвездие",),
        "lyceum": ("Импульс",),
    },
    "river": {
        "ordinary": (
            "Заречье",
            "Белый берег",
            "Дальний хутор",
            "Ивушка",
            "Родник",
            "Перекат",
            "Стрижи",
            "Золотая рыбка",
            "Луговая",
        ),
        "gymnasium": ("Исток",),
        "lyceum": ("Течение",),
        "advanced": ("биологии и химии",),
    },
    "hill": {
        "ordinary": (
            "Высокий холм",
            "Горизонт",
            "Семь ветров",
            "Яблоневый сад",
            "Орлиное гнездо",
            "Рябиновый склон",
            "Перспектива",
            "Солнечная сторона",
        ),
        "lyceum": ("Вершина",),
        "cadet": ("Застава",),
        "advanced": ("математики",),
    },
    "old_town": {
        "ordinary": (
            "Каменный мост",
            "Слобода",
            "Часовая башня",
            "Липовая аллея",
            "Ступени",
        ),
        "gymnasium": ("Альма", "Наследие", "Словесность", "Лира"),
        "lyceum": ("Формула",),
        "advanced": ("английского языка", "французского языка"),
    },
    "harbour": {
        "ordinary": (
            "Алые паруса",
            "Маяк",
            "Тихая гавань",
            "Большая верфь",
            "Чайка",
            "Попутный ветер",
            "Янтарный берег",
            "Якорь",
            "Пристань",
        ),
        "gymnasium": ("Компас",),
        "lyceum": ("Меридиан",),
        "cadet": ("Морской дозор",),
    },
}

PRIVATE = frozenset({"Ступени", "Лира", "Перспектива", "Меридиан"})

# Schools of an unusual size, from and to. All the others share the rest of the students.
SMALL = (200, 400)
LARGE = (1_810, 1_990)
UNUSUAL_SIZES = {
    "Дальний хутор": (38, 38),
    "Новые кварталы": LARGE,
    "Большая верфь": LARGE,
    "Застава": SMALL,
    "Лира": SMALL,
    "Меридиан": SMALL,
    "Морской дозор": SMALL,
    "Орлиное гнездо": SMALL,
    "Перспектива": SMALL,
    "Ступени": SMALL,
}


@dataclass(frozen=True)
class School:
    """One school of the register."""

    school_id: str
    short_name: str
    status: str
    district: str

    @property
    def profile(self) -> Profile:
        """What it shares with the schools of its status."""
        return PROFILES[self.status]

    def row(self) -> tuple[str, ...]:
        """Return the school as a row of schools.csv."""
        name = self.profile.title.format(number=int(self.school_id), name=self.short_name)
        ownership = "private" if self.short_name in PRIVATE else "public"
        return self.school_id, name, self.status, ownership, self.district


@dataclass(frozen=True)
class Student:
    """One student of the roster."""

    student_id: str
    school_id: str
    grade: str
    needs: str

    def row(self) -> tuple[str, ...]:
        """Return the student as a row of roster.csv."""
        return self.student_id, self.school_id, self.grade, self.needs


def draw(rng: Random, low: int, high: int) -> int:
    """Return a whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total by weights in whole numbers (largest remainder, the first wins a tie)."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % whole))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def make_schools(rng: Random) -> list[School]:
    """Give each named school an id; statuses are mixed and numbers have gaps."""
    schools = []
    for district_number, (district, names) in enumerate(NAMES.items(), start=1):
        entries = [(status, name) for status in names for name in names[status]]
        number = 1
        for status, name in sorted(entries, key=lambda _: rng.random()):
            schools.append(School(f"{district_number:02}{number:02}", name, status, district))
            number += draw(rng, 2, 7)
    return schools


def school_sizes(rng: Random, schools: Sequence[School]) -> list[int]:
    """Say how many students each school has; together they are exactly STUDENTS."""
    sizes = {
        school.school_id: draw(rng, *UNUSUAL_SIZES[school.short_name])
        for school in schools
        if school.short_name in UNUSUAL_SIZES
    }
    usual = [school.school_id for school in schools if school.school_id not in sizes]
    weights = [draw(rng, 770, 1_190) for _ in usual]
    rest = share_out(STUDENTS - sum(sizes.values()), weights)
    sizes.update(zip(usual, rest, strict=True))
    return [sizes[school.school_id] for school in schools]


def grade_weight(profile: Profile, grade: str, has_preschool: bool) -> int:
    """Weigh one grade in a school of this profile; 0 when the school does not have it."""
    if grade in PRESCHOOL:
        return GRADE_WEIGHTS[grade] * 100 if has_preschool else 0
    if int(grade) < profile.first_grade:
        return 0
    return GRADE_WEIGHTS[grade] * (profile.senior_percent if grade in SENIOR else 100)


def grade_sizes(rng: Random, school: School, size: int) -> dict[str, int]:
    """Spread the students of a school over its grades; no two schools are quite alike."""
    has_preschool = draw(rng, 1, 100) <= school.profile.preschool_percent
    weights = [
        grade_weight(school.profile, grade, has_preschool) * draw(rng, 88, 112)
        for grade in GRADE_WEIGHTS
    ]
    return dict(zip(GRADE_WEIGHTS, share_out(size, weights), strict=True))


def draw_needs(rng: Random, profile: Profile, openness: int) -> str:
    """Draw one student's needs; openness is the school's own percent of the usual shares."""
    ticket = draw(rng, 1, 100_000) * 100
    motor = profile.motor * openness
    if ticket <= motor:
        return "motor"
    return "special" if ticket <= motor + profile.special * openness else "none"


def student_id(place: int) -> str:
    """Return the opaque id of the student at this place of the register."""
    return f"S{(ID_START + place * ID_FACTOR) % ID_MODULUS:06}"


def enrol(rng: Random, school: School, size: int, first_place: int) -> Iterator[Student]:
    """Fill one school, grade by grade, in the order of the register."""
    openness = draw(rng, 50, 150)
    place = first_place
    for grade, count in grade_sizes(rng, school, size).items():
        for _ in range(count):
            needs = draw_needs(rng, school.profile, openness)
            yield Student(student_id(place), school.school_id, grade, needs)
            place += 1


def make_roster(rng: Random, schools: Sequence[School]) -> list[Student]:
    """Fill all schools, in the order of their ids."""
    roster: list[Student] = []
    for school, size in zip(schools, school_sizes(rng, schools), strict=True):
        roster.extend(enrol(rng, school, size, first_place=len(roster)))
    return roster


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV: UTF-8, commas, a header, lines that end in LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def make_files() -> dict[str, bytes]:
    """Make the city and return its files by name."""
    rng = Random(SEED)
    schools = make_schools(rng)
    roster = make_roster(rng, schools)
    return {
        "schools.csv": csv_bytes(SCHOOL_COLUMNS, (school.row() for school in schools)),
        "roster.csv": csv_bytes(STUDENT_COLUMNS, (student.row() for student in roster)),
    }


def is_current(path: Path, content: bytes) -> bool:
    """Say whether the file on disk is exactly this content."""
    return path.is_file() and path.read_bytes() == content


def main() -> int:
    """Write the files, or with --check compare them with what is on disk."""
    parser = argparse.ArgumentParser(description="Make the invented city of the sample data.")
    parser.add_argument("--check", action="store_true", help="write nothing, compare only")
    check_only = parser.parse_args().check

    files = make_files()
    if check_only:
        stale = [name for name, content in files.items() if not is_current(HERE / name, content)]
        for name in stale:
            sys.stderr.write(f"{name} is not what make_city.py makes\n")
        return 1 if stale else 0
    for name, content in files.items():
        (HERE / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
