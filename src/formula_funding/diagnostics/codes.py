"""Every kind of problem, with the text that `funding explain-code` shows.

A code is part of the interface: once published it keeps its meaning. The letter says the stage:
Y a YAML file, R the rulebook, F a formula, A the analysis of a sound rulebook, L a layout, D the
data (roster and register), O an output, W a workbook of results, X an explanation document.
"""

from __future__ import annotations

from formula_funding.diagnostics.problem import Code, Severity

_ALL: list[Code] = []


def _code(
    id_: str,
    title: str,
    explanation: str,
    *,
    severity: Severity = Severity.ERROR,
    unreadable: bool = False,
    accepting: str | None = None,
) -> Code:
    code = Code(id_, title, " ".join(explanation.split()), severity, unreadable, accepting)
    _ALL.append(code)
    return code


# Files as such

FILE_NOT_FOUND = _code(
    "Y001",
    "file not found",
    """There is no file under this name, or it is a folder. Check the spelling and the folder
    from which the command is run.""",
    unreadable=True,
)
NOT_TEXT = _code(
    "Y002",
    "not UTF-8 text",
    """The file holds a byte that is not UTF-8. Save it as UTF-8: in Excel “CSV UTF-8”, in an
    editor “Save with encoding”.""",
    unreadable=True,
)
NOT_YAML = _code(
    "Y003",
    "not valid YAML",
    """The file breaks the syntax of YAML, often by indentation, a missing colon, or a tab. The
    place is where reading stopped; the slip may stand a line before it.""",
)
DUPLICATE_KEY = _code(
    "Y004",
    "duplicate key",
    """The same key stands twice in one block. Which of the two is meant can't be known, so
    neither is used. Remove or rename one.""",
)
UNSAFE_YAML = _code(
    "Y005",
    "a YAML feature that rulebooks do not use",
    """Anchors (&), aliases (*), tags (!), merge keys (<<) and several documents in one file are
    refused: they make a file mean something else than a reader sees.""",
    unreadable=True,
)
TOO_LARGE = _code(
    "Y006",
    "file too large",
    "A rulebook or layout has at most 2 MB and is nested at most 20 deep.",
    unreadable=True,
)

# The rulebook's fields

UNKNOWN_FIELD = _code(
    "R001",
    "unknown field",
    """The rulebook has a field that the language does not know. A misspelt field would silently
    change nothing, so it is an error.""",
)
MISSING_FIELD = _code("R002", "missing field", "A field that must be there is not.")
WRONG_VALUE = _code(
    "R003", "a value of the wrong form", "The field's value is not of the form that it needs."
)
NOT_A_NUMBER = _code(
    "R004",
    "not a number",
    """A number was expected. Numbers have a decimal point and may group digits by underscores:
    160_300 or 0.5. Words such as yes, a decimal comma, and currency signs are not numbers.""",
)
PERCENT_OF_MONEY = _code(
    "R005",
    "a percentage where an amount belongs",
    """Only ratios may be written as percentages (22.35% is 0.2235). An amount of money or a
    count is a plain number.""",
)
NAME_TAKEN = _code(
    "R006",
    "name used twice",
    """Attributes, definitions, parameters, steps and lines share one space of names, so that a
    name in a formula means one thing.""",
)
BAD_NAME = _code(
    "R007",
    "not a name",
    """Names start with a letter, go on with letters, digits and underscores, and are no words of
    the formula language (and, or, not, in, of, where, if, students, schools).""",
)
UNKNOWN_SOURCE = _code(
    "R008",
    "unknown source",
    "A `source` names an entry of the rulebook's `sources`, where its act and date stand.",
)
BAND_GAP = _code(
    "R009",
    "bands leave a hole",
    """Every value that the attribute can have must belong to exactly one band; otherwise some
    students or schools would fall out of the money unseen.""",
)
BAND_OVERLAP = _code(
    "R010", "bands overlap", "A value belongs to two bands. Each value must have one owner."
)
BAD_BAND = _code(
    "R011",
    "not a band",
    """A band is a value, a list of values, a range with both ends (1..4), a range without its
    upper end (1..<4), or an open range (500.. or ..499).""",
)
INCOMPLETE_TABLE = _code(
    "R012",
    "the keys of a parameter are wrong",
    """A keyed parameter gives its values by the values of an attribute or of bands. A key that is
    no such value is a slip.""",
)
NO_VALUE_IN_FORCE = _code(
    "R013",
    "no value in force",
    """The run's date lies before the first date for which the parameter has a value. Choose a
    later date with --as-of, or add the earlier value with its source.""",
)
CIRCLE = _code(
    "R014",
    "a circle",
    "Definitions, steps or lines read each other in a circle, so none can be computed first.",
)
READS_PROTECTED = _code(
    "R015",
    "a rule reads a protected attribute",
    """The same student brings the same money to any school: a rule must not read a school's
    status, type, ownership or any attribute marked `protected`, neither directly nor through a
    definition. A scheme that did so may be kept for comparison by `legacy:` with a reason; every
    output then says so. Protected by their names, in small or capital letters, are a school's
    `status`, `type`, `ownership`, `legal_form`, `name`, `school_id`, `статус`, `тип`, `вид`,
    `собственность`, `название` and `наименование`; where such a name means something else, give
    the attribute `protected: false`.""",
)
LEGACY_SCHEME = _code(
    "R016",
    "a legacy scheme",
    """The rulebook pays by a protected attribute and is marked `legacy`. It is for comparison,
    not for paying schools.""",
    severity=Severity.WARNING,
)
UNUSED_PARAMETER = _code(
    "R017",
    "unused parameter",
    "No formula reads the parameter. That may be a slip in a name.",
    severity=Severity.WARNING,
)
LINE_NOT_MONEY = _code(
    "R018",
    "a line must be money",
    """A line's amount is an amount of money: a rate (a parameter of `kind: money`) times counts
    and ratios.""",
)
LINE_NOT_POINTS = _code(
    "R030",
    "a line must be a number of points",
    """The rulebook gives points instead of money, so a line's amount is a number, a count or a
    ratio. A rate of points is a parameter of `kind: number`.""",
)
MAY_LOWER = _code(
    "R031",
    "one more student may lower it",
    """The rulebook says `monotone: true`: no student may lower the total of a school. For the line
    that can't be proved, whatever the data. Write it so that it only rises, or name it as an
    exception with the reason: may_lower: {en: …, ru: …}.""",
)
CANT_RAISE = _code(
    "R032",
    "nobody can raise it",
    """The rulebook says `monotone: true`: each student can raise the total of a school. No line
    grows with the students or with a count that the rulebook declares.""",
)
NEEDLESS_EXCEPTION = _code(
    "R033",
    "a needless exception",
    """A line has `may_lower`, but the rulebook does not say `monotone: true`, or the line is proved
    to lower nothing. Remove `may_lower`.""",
    severity=Severity.WARNING,
)
PRINTED_DIFFERS = _code(
    "R034",
    "a printed figure is not the one in use",
    """Beside the figure in full stands the one that was printed, and the figure in use, rounded to
    the printed decimals, is another. One of the two may be mistyped; the figure in use decides.""",
    severity=Severity.WARNING,
)
DERIVED_DIFFERS = _code(
    "R035",
    "the arithmetic gives another figure",
    """`derived` says how a figure comes from others. Rounded to the decimals of the figure in use,
    it gives another. Published tables have such slips; the figure in use decides.""",
    severity=Severity.WARNING,
)
EXAMPLE_DIFFERS = _code(
    "R019",
    "a worked example differs",
    "The rulebook computes another amount than its worked example states.",
)
BAD_EXAMPLE = _code(
    "R020", "a worked example can't be run", "The example lacks a value or names an unknown one."
)
EXAMPLE_NOT_AS_REQUIRED = _code(
    "R061",
    "a worked example breaks a requirement",
    "The data of the example are such that a run would stop at a requirement of the rulebook: "
    "correct the example, or the requirement.",
)
DAY_OF_A_PERIOD = _code(
    "R062",
    "the date of the run in a period",
    """A formula reads `as_of`, the date of the run, but the run is for a period priced by
    months. What changes within it has dates of its own: figures, bands, `from` and `until`.""",
)
NOTHING_PAID = _code("R021", "no lines", "A rulebook needs at least one line.")
BAD_DATES = _code(
    "R022", "dates in the wrong order", "`from` must lie before `until`; dates are YYYY-MM-DD."
)

# A rulebook that is another one plus changes

BAD_BASE = _code(
    "R050",
    "not a rulebook to build on",
    """`based_on` names another rulebook by the way to it from this file (../2010/rulebook.yaml):
    no address, no whole path, no circle, and at most eight of them in a row.""",
)
NOTHING_TO_REMOVE = _code(
    "R051",
    "nothing to remove",
    """`without` names entries of the rulebook that this one is based on: lines.small_school,
    parameters.norm.values.2024-09-01. What is not there can't be removed.""",
)
NOTHING_CHANGED = _code(
    "R052",
    "a rulebook that changes nothing",
    """The file says on what it is based, but with all its entries it comes to the same rulebook.
    The change that was meant is missing.""",
)
BLOCK_REPLACED = _code(
    "R053",
    "a whole block would be lost",
    """Blocks of `key: value` are merged key by key, so one value in the place of a block would
    silently lose all of its entries (a parameter's kind and unit, a line's condition). Write the
    entries that change below it, or name the block in `without` and write it anew.""",
)

# Scenarios

SCENARIO_NAME = _code(
    "S001",
    "a scenario names what does not exist",
    """A scenario sets figures of the rulebook and merges schools of the register, by their names.
    A name that is unknown would change nothing, so it is an error.""",
)
SCENARIO_VALUE = _code(
    "S002",
    "a scenario asks for what can't be",
    """A figure is a number or a change in per cent of at least -100 (+5%, -2.5%); schools are
    merged with others, each named once.""",
)
SCENARIO_EMPTY = _code(
    "S003",
    "a scenario that changes nothing",
    "A scenario says what would be otherwise: the rulebook, its date, a figure, or the schools.",
)
SCENARIO_SCHOOL_EXISTS = _code(
    "S004",
    "a school is opened that exists",
    """A scenario opens a school under an id that another school has. Give it an id of its own.""",
)
SCENARIO_NOBODY = _code(
    "S005",
    "a change of students concerns nobody",
    """A scenario moves students or lets them grow in number, but nobody is meant: the condition
    holds for no student of these schools, or the rulebook counts no students at all.""",
)
SCENARIO_TOO_MANY = _code(
    "S006",
    "more students are moved than there are",
    """A scenario moves a number of students out of a school in which fewer are meant.""",
)
SCENARIO_TABLE = _code(
    "S008",
    "a table is replaced in part",
    """A scenario that gives a table of figures anew gives all of it. To change single figures
    write them by name: norm[primary]: 170_000.""",
)
SCENARIO_CROSSWALK = _code(
    "S009",
    "a crosswalk that does not reach",
    """A scenario runs another city's rulebook over our roster. Where the two speak differently, a
    crosswalk says for each of our words which one of theirs it is; a word without a translation
    would lose students.""",
)
RESULTS_UNLIKE = _code(
    "S010",
    "results that can't be compared",
    """Two earlier results are in different currencies, or one of them gives points. What a school
    gains or loses can't be told then.""",
)
SCENARIO_DESTINATION = _code(
    "S007",
    "a closed school's students go nowhere",
    """A scenario that closes a school says where all of its students go: to one school, or to
    several with shares that make 100 %. What else is counted there (classes, rooms) goes to one
    school.""",
)

SCENARIO_CLOSED_FACTS = _code(
    "S033",
    "a closed school's facts that no school takes over",
    """A scenario closes a school and says where its students go. What the register says of it (an
    area, a headcount) belongs to nobody then, and sums, averages and places among schools go
    without the school: part of the change comes from that. Where another school takes the facts
    over, merge the two and say what that one has then.""",
    severity=Severity.WARNING,
)
SCENARIO_NEGATIVE = _code(
    "S034",
    "a figure set below 0",
    """A scenario sets a figure to a number below 0 that is none in the rulebook. `-500` is read as
    the new figure, not as 500 less. Write the figure that shall be, or a change in per cent
    (-5%).""",
    severity=Severity.WARNING,
)

# Kept tallies, search, years

TALLY_LACKS = _code(
    "S020",
    "an attribute that the tally lacks",
    """A kept tally holds the students by the attributes that were kept; what was not kept can't be
    told apart afterwards. The message ends with the command that makes the tally which is needed.
    """,
)
TALLY_COUNTED_OTHERWISE = _code(
    "S021",
    "a tally that was counted otherwise",
    """The tally was counted by another rule of counting, took empty cells for something else, or
    has values that this rulebook does not declare. Counted by this rulebook, the roster could give
    other numbers, so the tally is not used. The message ends with the command that makes it again.
    """,
)
TALLY_DAMAGED = _code(
    "S022",
    "a damaged tally",
    """The file says that it is a kept tally, but is not as `funding tally` writes one. Make it
    again from the roster.""",
    unreadable=True,
)
TALLY_IN_THE_WRONG_PLACE = _code(
    "S023",
    "a tally where none can stand",
    """A kept tally stands in place of the whole roster: beside other files of a roster it can't be
    known whether a student is in both. Rows can only be checked in the roster itself, and a tally
    is made from a roster, not from a tally.""",
)

TALLY_OF_SINGLE_STUDENTS = _code(
    "S027",
    "a tally of single students",
    """More than half of the students are alone in their group: an attribute with very many values,
    such as a date of birth, tells them apart, and the tally is hardly smaller or less private than
    the roster. Keep the file as you keep a roster, or define the rules by coarser attributes.""",
    severity=Severity.WARNING,
)
# Files that lie elsewhere

URL_WITHOUT_SPARK = _code(
    "S028",
    "a URL where only a path is read",
    """Rosters and tables that Spark counts can be named by a URL (`hdfs://…`, `s3a://…`) with
    `--engine spark`: Spark opens them where they lie. Everything else, and every other engine,
    reads files of this machine: copy the file here and give its path. So do `funding roster check`
    and `roster draft`, which look at each row here.""",
    unreadable=True,
)
URL_UNREADABLE = _code(
    "S029",
    "a URL that Spark could not open",
    """Spark was asked to open the files and answered with an error of its own, which the message
    tells: a store that it does not know (its libraries are missing), no rights, a damaged file, a
    connection that broke. What Spark needs is said in its own settings, spark-defaults.conf.""",
    unreadable=True,
)
PARTS_DIFFER = _code(
    "S030",
    "parts of a table that are not alike",
    """All files that one URL names are parts of one table and have the same columns of the same
    types, texts in the same order. A part that lacks a column would be read as if its cells were
    empty. Write the parts anew, or name each kind by a URL or pattern of its own.""",
)
PASSWORD_IN_URL = _code(
    "S031",
    "a password in a URL",
    """The URL names a user with a password or key. Names of files stand in messages and results,
    so the password would too. Give it to Spark in its own settings.""",
    unreadable=True,
)
WRITTEN_DIFFERENTLY = _code(
    "S032",
    "a value that programs write differently",
    """A Parquet column that the rules read holds single-precision numbers, times or nested values.
    Spark writes them otherwise than this program would on one machine, so they are not read from a
    URL: make the column decimals, whole numbers, dates or texts. Or copy the file to this machine.
    """,
)
SWEEP_SIZE = _code(
    "S024",
    "a sweep without points, or with too many",
    """A range needs a step above 0 and a first value that is not above the last; all ranges
    together make at most 10,000 points.""",
)

PROJECTION_NAME = _code(
    "S025",
    "a projection names what does not exist",
    """The ladder of a projection is an attribute of students, its steps are values of it, and
    intake is given by calendar year. A name that is unknown would change nothing, so it is an
    error. So is an intake of a year where no date says which years are computed.""",
)
PROJECTION_VALUE = _code(
    "S026",
    "a projection asks for what can't be",
    """A retention is a share of 0 or more, an intake a number of students or a change of at least
    -100 %, an indexation a change in per cent of a whole parameter (norm: +4%).""",
)
PROJECTION_UNUSED = _code(
    "S035",
    "an intake of a year that is over",
    """An intake is given by the calendar year in which the students enter. Those of the first year
    of a projection stand in the roster, so an intake of it, or of a year before, is not used.""",
    severity=Severity.WARNING,
)

PROTECTION_OFF = _code(
    "R025",
    "protection switched off",
    """An attribute that is protected by its name (status, type, ownership…) says
    `protected: false`, so rules may read it. The program then no longer proves that schools are
    treated alike in it.""",
    severity=Severity.WARNING,
)
NOTHING_TESTED = _code(
    "R023",
    "nothing was tested",
    "A test that ran on nothing is no success: the rulebooks have no worked examples.",
)
THREE_DECIMALS = _code(
    "R024",
    "a figure with three decimals",
    """An amount of money with exactly three decimals is often thousands written with a point:
    250.000 is two hundred and fifty, 250_000 is two hundred and fifty thousand.""",
    severity=Severity.WARNING,
)
CHANGE_WITHIN_A_MONTH = _code(
    "R040",
    "a change within a month",
    """A run for a period (2025-01..2025-12) is priced by whole months: what is in force in a part
    of the period counts for its months. A figure or a line that begins in the middle of a month
    can't be shared out so. Choose a period without that day, or compute for single dates.""",
)

BAD_SOLVE = _code(
    "R026",
    "a figure that can't be solved for",
    """A figure is solved for so that a sum of the whole system meets another. The first must read
    the figure, the second must not; no condition on students may read it.""",
)
COUNT_DATE_UNREAD = _code(
    "R060",
    "formulas that count all dates alike",
    """With `count_date` a student stands in the roster once for each date. A formula that does not
    read the date pays for each of these rows.""",
    severity=Severity.WARNING,
)

# Formulas

SYNTAX = _code("F001", "not a formula", "The formula can't be read at the place shown.")
UNKNOWN_NAME = _code(
    "F002",
    "unknown name",
    "A formula reads a name that is no attribute, definition, parameter, step or line.",
)
UNKNOWN_FUNCTION = _code(
    "F003", "unknown function", "The formula language has no function of this name."
)
WRONG_ARGUMENTS = _code(
    "F004", "wrong arguments", "The function is given too few, too many or other arguments."
)
WRONG_KIND = _code(
    "F005",
    "kinds that do not fit",
    """Values have kinds: money, count, ratio, number, category, truth, date. Money × money is no
    money, money + count means nothing, a category is no condition. A plain number written in a
    formula takes the kind of what it meets.""",
)
WRONG_LEVEL = _code(
    "F006",
    "a level that can't be read",
    """A school's formula can't read one student's attribute: which student's? Use an aggregate
    over students, such as count(students where …). A student's formula may read the school.""",
)
MISSING_RATE = _code(
    "F007",
    "a rate table lacks a key",
    """The formula can look up a key for which the table has no value. Add the value (0 where
    nothing is paid), or narrow the line with `when`.""",
)
UNKNOWN_VALUE = _code(
    "F008",
    "not a value of the category",
    "The category is compared with a word that is none of its values.",
)
TABLE_WITHOUT_KEY = _code(
    "F009",
    "a rate table without its key",
    "A parameter with keys is read as name[key], one key for each word of its `by`.",
)
NO_TABLE = _code("F010", "not a rate table", "The name has one value and takes no key.")
EMPTY_RANGE = _code("F011", "an empty range", "The first end of a range must not exceed the last.")
TOO_HEAVY = _code(
    "F012",
    "a formula that can't be computed in any time",
    """Powers of powers, or steps that multiply each other again and again, make numbers of
    millions of digits. No real formula does that.""",
)

# Analysis of a sound rulebook, by `funding check`

UNUSED_ATTRIBUTE = _code(
    "A001",
    "unused attribute",
    """No formula, band or table reads the attribute, so the data need not have it. That may be a
    slip in a name.""",
    severity=Severity.WARNING,
)
UNUSED_DEFINITION = _code(
    "A002",
    "unused definition",
    "No formula, band or table reads the definition. That may be a slip in a name.",
    severity=Severity.WARNING,
)
UNREACHABLE_BAND = _code(
    "A003",
    "a band that nothing falls into",
    """No value that its source can have, by the declared range or by the formula that makes it,
    lies in the band. An edge may be mistyped.""",
    severity=Severity.WARNING,
)
NEVER_HOLDS = _code(
    "A004",
    "a condition that can never hold",
    """The condition was tried on all declared values and on all numbers between its edges, and
    holds for none. What depends on it is never paid or counted.""",
    severity=Severity.WARNING,
)
ALWAYS_HOLDS = _code(
    "A005",
    "a condition that always holds",
    """The condition was tried on all declared values and on all numbers between its edges, and
    holds for all. It decides nothing and can be left out, unless a figure in it is mistyped.""",
    severity=Severity.WARNING,
)
CLIFF = _code(
    "A006",
    "a cliff",
    """With one more student the school gets less money. A school at the edge is better off turning
    a child away. Ramps and rates for the part above an edge have no cliff:
    `min(n, 15) * first + max(0, n - 15) * second`.""",
    severity=Severity.WARNING,
)

# Layouts

UNKNOWN_COLUMN_NAME = _code(
    "L001",
    "a layout names nothing",
    "The layout maps a name that the rulebook does not declare, or a value it does not have.",
)

UNCONFIRMED = _code(
    "L002",
    "a guess that nobody has confirmed",
    """`funding roster draft` marks with `!guess` what it inferred from names and values; nothing
    is read by a guess. Compare it with the file, then delete the mark, or write what is right.""",
)
BAD_LAYOUT = _code(
    "L003",
    "fields of a layout that do not fit together",
    "Two fields of the layout contradict each other, or a field does not suit the file.",
)

NOT_CHOSEN = _code(
    "L010",
    "a choice that nobody has made",
    """`funding roster draft` marks with `!choose` what it can't infer, such as a word that the
    rulebook does not know. Write what is right in place of the mark, or delete the entry.""",
)

# Data

UNKNOWN_FORMAT = _code(
    "D001",
    "a file that is not what its ending says",
    """The file's first bytes contradict its ending, or the ending is unknown. Rosters are .csv
    or .parquet.""",
    unreadable=True,
)
EMPTY_FILE = _code("D002", "an empty file", "The file has no header or no row of data.")
MISSING_COLUMN = _code(
    "D003",
    "a column is missing",
    """The rulebook needs a column that the file does not have. Rename the column, or say in a
    layout which column it is.""",
)
DUPLICATE_COLUMN = _code(
    "D004",
    "a column stands twice",
    "Two columns have one name, and nobody can know which of them counts. Rename or remove one.",
)
RAGGED_ROW = _code(
    "D005",
    "a row of another length",
    """The row has more or fewer cells than the header, often by a stray separator or a quotation
    mark that is never closed.""",
)
EMPTY_VALUE = _code(
    "D006",
    "an empty value",
    """A cell that decides money is empty. Fill it in; an attribute that may be empty says so in
    the rulebook with `if_empty`.""",
)
BAD_VALUE = _code(
    "D007",
    "a value outside the declared ones",
    """The cell holds a value that the rulebook does not declare for the attribute. Where a dash or
    `NA` stands for an empty cell, say so in a layout: `empty: ["–", NA]`.""",
)
STUDENT_WITHOUT_SCHOOL = _code(
    "D008",
    "a student without a school",
    """The row has no school id, so nobody would be paid. Without a register of schools a dash,
    `NA`, `None` or the like is no id either.""",
)
UNKNOWN_SCHOOL = _code(
    "D009",
    "a school that the register lacks",
    """Students sit in a school that the register does not know. Their money would reach nobody;
    add the school or correct the code.""",
    accepting="The rows of these schools are left out, and nobody is paid for them.",
)
SCHOOL_TWICE = _code(
    "D010", "a school stands twice", "The register has two rows for one school id."
)
JOINED_ALIKE = _code(
    "D150",
    "two schools whose ids are joined alike",
    """The layout makes the id of a school of several columns, and different texts give one id, as
    `1-2` and `3` do and `1` and `2-3`. Two schools would be paid as one.""",
)
BAD_COUNT = _code(
    "D011",
    "not a number of students",
    "A column of counts holds something else than a whole number of students, 0 or more.",
)
STUDENT_TWICE = _code(
    "D012",
    "a student stands twice",
    """The same student id occurs in more than one row, so the student would be paid for twice. The
    place is that of a later row; `earlier` says where the first row of the student stands.""",
)
NO_REGISTER = _code(
    "D013",
    "no register of schools",
    """The rules read attributes of schools, or their register is needed to check the codes. Give
    it with --schools FILE.""",
)
CODES_UNCHECKED = _code(
    "D014",
    "school codes not checked",
    """Without a register the schools are those that the roster names, and a mistyped code looks
    like a school of its own.""",
    severity=Severity.WARNING,
)
SCHOOL_WITHOUT_STUDENTS = _code(
    "D015",
    "schools without students",
    """The register has schools for which the roster has no student. Lines that do not depend on
    students still pay such a school.""",
    severity=Severity.WARNING,
)
NOT_FUNDED = _code(
    "D016",
    "students whom no line funds",
    """The rows were read, but no line of the rulebook applies to them. The ledger lists them. That
    is right if the rulebook means to leave them out.""",
    severity=Severity.WARNING,
)
DIVISION_BY_ZERO = _code(
    "D017",
    "division by zero",
    """For some schools or students a formula divides something by zero. (0 ÷ 0 counts as 0.)
    Say what should happen: if(x = 0, 0, y / x).""",
)
INFEASIBLE = _code(
    "D020",
    "a sum that can't be shared",
    """A fixed sum is to be shared or spent, but nobody has a weight, a weight is negative, or the
    sum is finer than the unit in which it is shared. It is never silently left over.""",
)
NO_SOLUTION = _code(
    "D030",
    "a figure that can't be found",
    """The rulebook (or `funding solve`) asks for a figure so that a sum meets another, and no
    figure of the range does: even its ends leave the sum on one side. The nearest sum is told.""",
)
SEVERAL_SOLUTIONS = _code(
    "D031",
    "a figure with more than one answer",
    """A figure is asked for so that a sum meets another, but the sum rises and falls, or stands
    still, while the figure grows. Which of the answers is meant can't be known.""",
)
UNUSED_RATE = _code(
    "D018",
    "an unused rate",
    "No student of the roster uses the rate. That may be right, or a value may be mistyped.",
    severity=Severity.WARNING,
)
MAIN_ENROLMENT = _code(
    "D051",
    "not one main enrolment",
    """The rulebook counts a student in the row marked as the main enrolment. Exactly one of a
    student's rows on a count date must be marked.""",
)
FTE_ABOVE_ONE = _code(
    "D052",
    "more than one whole student",
    """The rulebook lets a student be split over several rows. Their full-time equivalents on a
    count date add up to at most 1.""",
)
CODES_CHANGED = _code(
    "D053",
    "school codes that seem to have been changed",
    """The roster names schools that the register lacks, and the register has about as many schools
    without a student. That is what a change of codes looks like: the students of these schools
    would fall out, and the total would still look plausible. Correct the codes in one of the files,
    or give the former codes in a layout.""",
)
COUNTS_CHANGED = _code(
    "D054",
    "far more or fewer students than in the previous run",
    """In some schools the number of students changed by more than the threshold since the run
    given with --previous. Often a file is missing, or the codes of a school were changed.""",
    accepting="The new numbers are right as they are.",
)
NO_ROSTER = _code(
    "D022",
    "no roster",
    "The rulebook counts students and needs a roster: funding compute RULEBOOK ROSTER.",
)
ROW_OF_TOTALS = _code(
    "D021",
    "a row of totals",
    "A row is called “total” and would be paid like a school. Delete it from the file.",
)
AMOUNT_TOO_LONG = _code(
    "D023",
    "an amount that no budget has",
    """An amount has more than 32 digits, which no output format keeps. A figure is mistyped, or a
    formula multiplies what should be added.""",
)
NOT_AS_REQUIRED = _code(
    "D041",
    "data that the rulebook does not allow",
    """A condition under `require` does not hold for the schools named. The regulation presumes it,
    so nothing is computed before the data (or the rule) is corrected.""",
)
NOT_AS_EXPECTED = _code(
    "D042",
    "data that the rulebook does not expect",
    """A condition under `require` that says `otherwise: warn` does not hold for the schools named.
    The amounts are computed all the same.""",
    severity=Severity.WARNING,
)
UNREADABLE_DATA = _code(
    "D019",
    "the data can't be read",
    "The file is damaged or of a form that can't be read.",
    unreadable=True,
)

# Sources: files, folders and workbooks as they really come

BEYOND_LIMIT = _code(
    "D060",
    "a file beyond a limit",
    """Files are untrusted: a small one can unfold to more than a machine holds. Each limit can be
    raised where the file is what it should be: --limit inflated_bytes=4_000_000_000.""",
    unreadable=True,
)
FORM_FOUND_OUT = _code(
    "D061",
    "a form that was found out",
    """The file's encoding, the sign between its cells or its sheet was not declared, and only one
    reading was possible. Check that it is right, and declare it in the layout.""",
    severity=Severity.WARNING,
)
READ_IN_TWO_WAYS = _code(
    "D062",
    "something that can be read in two ways",
    """The file can be understood in several ways, and a guess could move money. Say in the layout
    which is meant.""",
)
FILE_PASSED_OVER = _code(
    "D063",
    "a file or folder passed over",
    """A folder or pattern names a file that is no table, or another folder. Nothing of it was
    read.""",
    severity=Severity.WARNING,
)
REFUSED_FORMAT = _code(
    "D064",
    "a format that is refused",
    """Old workbooks (.xls), workbooks with macros (.xlsm) and binary ones (.xlsb) are not opened.
    Save the file as .xlsx or as “CSV UTF-8”.""",
    unreadable=True,
)
UNSAFE_WORKBOOK = _code(
    "D065",
    "an unsafe workbook",
    """The workbook holds XML entities or macros, which no roster needs and which can do harm. Save
    it anew as .xlsx from a spreadsheet program.""",
    unreadable=True,
)
NO_SUCH_SHEET = _code(
    "D066",
    "the sheet is not clear",
    """The workbook does not have the sheet that the layout names, or several of its sheets could be
    the table. Name one: `sheet: …`.""",
)
HIDDEN_ROWS = _code(
    "D067",
    "hidden rows",
    """Rows are hidden, by hand or by a filter. Whether they count can't be known. Show them, or say
    in the layout `hidden_rows: read` or `hidden_rows: skip`; skipped ones stand in the ledger.""",
)
CELL_WITHOUT_VALUE = _code(
    "D068",
    "a formula without a value",
    """A cell holds a formula whose result was never saved. Open the workbook in a spreadsheet
    program and save it.""",
)
ERROR_CELL = _code("D069", "an error cell", "A cell shows an error such as #DIV/0! or #N/A.")
MERGED_CELLS = _code(
    "D070",
    "merged cells",
    """Of merged cells only the first has a value; the others are empty, whatever they seem to show.
    Unmerge them and fill in each cell.""",
)
SHOWN_OTHERWISE = _code(
    "D071",
    "a number that is shown otherwise than it is stored",
    """A number format adds zeros or an exponent: the cell shows 00125 and holds 125. Which of them
    is meant can't be known. Format the column as text and type the codes, or export it again.""",
)
DIGITS_LOST = _code(
    "D072",
    "a number with too many digits",
    """Spreadsheets keep 15 digits of a number; a longer code that was read as a number has lost its
    last digits. Export the column as text.""",
)
SECOND_HEADER = _code(
    "D073",
    "a second header",
    """A row repeats the names of the columns, as when several files are pasted together. Delete the
    row, or skip it in the layout.""",
)
LOOKALIKE_LETTER = _code(
    "D074",
    "a letter of another alphabet",
    """A Latin letter stands where the same-looking Cyrillic one belongs, or the other way round.
    The eye sees no difference; a computer does.""",
)
EARLY_DATE = _code(
    "D075",
    "a date before March 1900",
    """Spreadsheets count a 29 February 1900 that never was, so dates before it can be read in two
    ways. Write the date as text: 1900-02-28.""",
)
FORMER_CODES_USED = _code(
    "D076",
    "former school codes",
    "Some rows give former codes of schools, which the layout translates into today's.",
    severity=Severity.WARNING,
)
BUNDLE_UNUSABLE = _code(
    "D077",
    "a OneRoster bundle that can't be used",
    """The bundle lacks a file that is needed, or holds only what changed (`delta`). Export it in
    bulk, with orgs, users and enrollments.""",
)
FORMER_CODE_IN_USE = _code(
    "D078",
    "a former code that is in use",
    """The layout translates a code into another one, but the register has a school of this code.
    Which of the two schools the rows mean can't be known.""",
)
UNREAD_COUNTS = _code(
    "D100",
    "numbers of students that nobody reads",
    """Each row is paid as one student, but the file has a column whose title speaks of numbers of
    students and whose cells are whole numbers above 1. If a row stands for so many students, name
    the column in a layout (`students: Pupils`); if each row is one student, say so there
    (`constants: {students: 1}`), or give the students' ids as `student_id`.""",
    severity=Severity.WARNING,
)

DATE_AS_CODE = _code(
    "D101",
    "a date in place of a code",
    """Spreadsheet programs take codes such as 05-12 or 1.10 for dates as soon as they are typed or
    a text file is opened, and what the code was can't be known afterwards. Format the column as
    text and type the codes again, or export them anew and import the column as text. In a text
    file a date is a code if the register of schools has it.""",
)

NO_ROW_LEFT = _code(
    "D130",
    "a layout that leaves out every row",
    """Nobody would be paid for: `only`, `skip`, `hidden_rows` or `count_dates` of the layout leave
    no row of the file. Perhaps a word is written otherwise there, or the file is of other days.""",
)

NO_SCHOOL_KNOWN = _code(
    "D140",
    "a roster without a school of the register",
    """Nobody would be paid for: the register lacks all schools of the roster, and D009 is accepted,
    so that the rows of unknown schools are left out. Perhaps the register is that of another city,
    or another column holds the ids.""",
)

# Outputs

FILE_EXISTS = _code(
    "O001",
    "the output file exists",
    "An existing file is never overwritten unasked. Choose another name or give --force.",
    unreadable=True,
)
CANT_WRITE = _code(
    "O002",
    "the output can't be written",
    """The folder is missing, may not be written to or is on a disk that is full. Nothing was left
    half-written.""",
    unreadable=True,
)
UNKNOWN_OUTPUT = _code(
    "O003",
    "unknown output format",
    "Outputs end in .csv, .json, .parquet or .xlsx.",
    unreadable=True,
)
UNKNOWN_SCHOOL_ASKED = _code(
    "O004", "no such school or line", "The allocation has no school or line of this id."
)

# Workbooks that are written

TOO_MANY_ROWS = _code(
    "W001",
    "too many rows for a sheet",
    """A sheet of a workbook has at most 1,048,576 rows, and this allocation needs more for its
    explanation. Write one workbook per school with --per-school, or all of it to a .json file.""",
    unreadable=True,
)
NO_ALLOCATION_WORKBOOK = _code(
    "W002",
    "not an allocation workbook",
    """`funding verify` reads workbooks that `funding compute -o FILE.xlsx` wrote, also after
    another program has saved them. Their sheets keep their names.""",
    unreadable=True,
)
MISSING_SHEET = _code(
    "W003",
    "a sheet is missing",
    "A sheet that the engine writes was deleted or renamed. Write the workbook anew.",
)
ROW_MISSING = _code(
    "W004",
    "a row is missing",
    """A row that the engine writes is not there, or what it is about was overwritten. Its amounts
    are missing from the totals.""",
)
ROW_ADDED = _code(
    "W005",
    "a row that the engine does not write",
    "A row was added, or what it is about (a school, a line, a group) was overwritten.",
)
ROWS_EXCHANGED = _code(
    "W006",
    "rows have changed places",
    """Two rows, such as those of two schools, stand in each other's place. Formulas read rows by
    their place, so that one school may get the amounts of the other.""",
)
FORMULA_OVERWRITTEN = _code(
    "W007",
    "a formula was overwritten",
    """A figure stands where the engine writes a formula: it does not follow the figures any more,
    and nothing says where it comes from.""",
)
FORMULA_CHANGED = _code(
    "W008",
    "a formula was changed",
    "The formula of a cell is not the one that the engine writes.",
)
CHANGED_FIGURE = _code(
    "W009",
    "a figure was changed",
    """A rate or another figure is not that of the rulebook. If only figures and counts were
    changed, the amounts are held against what the formulas give for them.""",
)
CHANGED_COUNT = _code(
    "W010",
    "a count or a fact was changed",
    """A number of students or a fact of a school is not that of the roster and the register. Change
    it there, and compute again.""",
)
CHANGED_CELL = _code(
    "W011",
    "a cell was changed",
    "A text or a number that is no input of the calculation is not what the engine writes.",
)
RESULT_DIFFERS = _code(
    "W012",
    "a formula shows another result than it gives",
    """No formula was changed, and still a cell does not show what its formula gives for the figures
    and counts of the workbook. The value was changed without a spreadsheet program, or the program
    that saved the workbook did not calculate it anew.""",
)
RECORD_DAMAGED = _code(
    "W020",
    "no record of what was written",
    """A workbook keeps in a hidden sheet what was written into it, and `funding verify WORKBOOK`
    holds the cells against that. The sheet was deleted or damaged, or an older version wrote the
    workbook. With the files of the run it can be verified all the same: funding verify WORKBOOK
    RULEBOOK ROSTER.""",
    unreadable=True,
)

CANT_ACCEPT = _code(
    "O011",
    "a finding that can't be accepted",
    """Only findings that a person can judge may be accepted, with a reason. Whatever makes the
    calculation itself wrong has to be corrected in the files or in the rulebook.""",
)
NOTHING_ACCEPTED = _code(
    "O012",
    "nothing to accept",
    "A code was accepted, but the run has no such finding. Leave the acceptance out.",
    severity=Severity.WARNING,
)

# The machine: engines, memory, standard output

OUT_OF_MEMORY = _code(
    "E001",
    "memory or disk ran short",
    """What has to be held at once fits neither into the memory that the run may use nor into the
    folder for temporary files. Allow more with --memory-limit 4GB, or name a folder on a larger
    disk with --temp-dir. Nothing was written.""",
)
SPARK_MISSING = _code(
    "E011",
    "Spark is not installed",
    """Spark is an extra, because few need it and it is large: install it with
    `pip install 'formula-funding[spark]'`, and Java 17 or newer from your system. On one machine
    what counts if you name no engine is faster.""",
)
SPARK_NOT_STARTED = _code(
    "E030",
    "Spark did not start",
    """No file was looked at yet. Either there is no Java 17 or newer for Spark to run on here, or
    no cluster answers where `--master` or Spark's settings say, or the cluster is of another
    release than the pyspark that is installed here. A master is tried for about a minute.""",
)
SPARK_FAILED = _code(
    "E010",
    "Spark could not count",
    """The cluster ended the count with an error of its own: a file that its machines can't see, no
    memory left, a connection that broke. The message is Spark's. Every file must lie where all
    machines of the cluster find it under the same name. Where this machine can hold the files,
    the same is counted without a cluster if you name no engine.""",
)
COPY_NOT_SEEN = _code(
    "E035",
    "a copy that the cluster does not see",
    """A workbook, a OneRoster bundle, a compressed file, standard input, or a text in another
    encoding than UTF-8 is copied as plain text before it is counted. The copy lies in a temporary
    folder of this machine, and Spark runs on others. Unpack the file, or save it as CSV in UTF-8 or
    as Parquet, where all machines see it; or name a folder that they all see with --temp-dir.""",
)

CANT_PRINT = _code(
    "E012",
    "standard output can't be written to",
    """What is printed goes to a file or a device that takes nothing more: the disk is full, or it
    went away. What was printed before is not whole. Files that were written with -o are.""",
    unreadable=True,
)

# Explanation documents

NOT_AN_EXPLANATION = _code(
    "X001",
    "not an explanation",
    "The file is no JSON document written by `funding compute`, or parts of it are missing.",
)
REPLAY_DIFFERS = _code(
    "X002",
    "replay differs",
    """Recomputed from the document alone, a figure comes out otherwise than the document states:
    it was changed, or was never computed from these figures.""",
)
FINGERPRINT_DIFFERS = _code(
    "X003",
    "the document was changed",
    """The document's fingerprint does not fit its content: something was changed after it was
    written.""",
)

CODES = {code.id: code for code in _ALL}
