"""The fixed words of everything that a person reads in an allocation, in English and Russian."""

from __future__ import annotations

from dataclasses import dataclass

from formula_funding.language.numbers import filled
from formula_funding.language.workbook_words import WORKBOOK_WORDS

LANGUAGES = ("en", "ru")

_WORDS: dict[str, tuple[str, str]] = {
    "school": ("School", "Школа"),
    "school_id": ("School id", "Код школы"),
    "name": ("Name", "Название"),
    "students": ("Students", "Учащиеся"),
    "total": ("Total", "Итого"),
    "per_student": ("Per student", "На учащегося"),
    "line": ("Line", "Строка"),
    "amount": ("Amount", "Сумма"),
    "rate": ("Rate", "Норматив"),
    "value": ("Value", "Значение"),
    "why": ("Why", "Почему"),
    "excluded": ("Not funded", "Не финансируются"),
    "no_line": (
        "no line of the rulebook applies",
        "ни одна строка правил не применяется",
    ),
    "where": (" where {condition}", ", где {condition}"),
    "rows_of_table": ("“{table}”", "строк таблицы «{table}»"),
    "of_table": ("of “{table}”", "по таблице «{table}»"),
    "of_together": ("{own} of {together}, schools: {n}", "{own} из {together}, школ: {n}"),
    "among": ("among schools: {n}", "среди школ: {n}"),
    "exact_share": ("exact share {share}", "точная доля {share}"),
    "version": ("version", "версия"),
    "hidden_lines": (
        "The columns of the lines do not fit: widen the window, or write a file with -o.",
        "Столбцы строк не помещаются: расширьте окно или запишите файл с -o.",
    ),
    "who": ("Who", "Кто"),
    "all_students": ("All students", "Все учащиеся"),
    "source": ("Source", "Источник"),
    "rule": ("Rule", "Правило"),
    "formula": ("Formula", "Формула"),
    "step": ("step", "шаг"),
    "summary": ("Summary", "Сводка"),
    "lines": ("Lines", "Строки"),
    "explanation": ("Explanation", "Расчёт"),
    "allocation": ("Allocation", "Распределение средств"),
    "statement": ("Statement of allocation", "Расчёт финансирования"),
    "as_of": ("as of", "на"),
    "for_period": ("for the months", "за период"),
    "in_force_from": ("in force from", "действует с"),
    "rounded": ("rounded", "округлено"),
    "to": ("to", "до"),
    "half up": ("half up", "половина – в большую сторону"),
    "half even": ("half to even", "половина – к чётному"),
    "up": ("up", "в большую сторону"),
    "down": ("down", "в меньшую сторону"),
    "legacy": (
        "LEGACY SCHEME, for comparison only",
        "ПРЕЖНЯЯ СХЕМА, только для сравнения",
    ),
    "students_excluded": ("not funded", "не финансируется"),
    "ledger": (
        "Students read: {read} = funded: {funded} + not funded: {excluded}",
        "Прочитано учащихся: {read} = финансируется {funded} + не финансируется {excluded}",
    ),
    "ledger_rows": (
        "Rows read: {read} = counted: {counted}",
        "Прочитано строк: {read} = учтено {counted}",
    ),
    "not_main_enrolment": ("not the main enrolment", "не основное место обучения"),
    "not_asked_for": ("not among those the layout asks for", "не из тех, что нужны по описанию"),
    "skipped": ("skipped, as the layout says", "пропущено по описанию файла"),
    "hidden": ("hidden rows", "скрытые строки"),
    "blank": ("blank rows", "пустые строки"),
    "not_enrolled": ("not enrolled on the day", "не обучается на дату подсчёта"),
    "unknown_school": ("school not in the register", "школы нет в реестре"),
    "ledger_title": ("Ledger", "Учёт строк"),
    "file": ("file", "файл"),
    "rows": ("Rows read", "Прочитано строк"),
    "rows_counted": ("Counted", "Учтено"),
    "funded": ("Funded", "Финансируются"),
    "accepted": ("ACCEPTED IN SPITE OF", "ПРИНЯТО ВОПРЕКИ"),
    "reason": ("Reason", "Причина"),
    "rows_read": ("Rows read: {rows}", "Прочитано строк: {rows}"),
    "schools_total": ("schools: {n}", "школ: {n}"),
    "rate_is": ("rate", "норматив"),
    "not_in_force": ("not in force on this date", "не действует на эту дату"),
    "no_students": ("no student to whom it applies", "нет учащихся, к которым она относится"),
    "condition": ("its condition is not met", "условие не выполнено"),
    "rate_zero": ("the amount comes out as 0", "сумма равна 0"),
    "nothing_shared": ("0 ÷ 0 counts as 0", "0 ÷ 0 считается нулём"),
    "does_not_exist": ("does not exist (÷ 0)", "не определено (÷ 0)"),
    "yes": ("yes", "да"),
    "no": ("no", "нет"),
    "more_schools": (
        "… and {n} more schools: write them all with -o FILE or --format csv",
        "… и ещё школ: {n}. Все – с -o ФАЙЛ или --format csv",
    ),
    "schools_with_amount": ("Schools with an amount", "Школ с суммой"),
    "schools_in_file": ("All {n} schools are in {file}", "Все школы ({n}) – в файле {file}"),
    "wrote": ("Wrote", "Записано:"),
    "next": ("Next:", "Дальше:"),
    "next_explain": ("how one school's amount came about", "из чего сложилась сумма школы"),
    "next_json": (
        "the document with every calculation",
        "документ со всеми расчётами",
    ),
    "next_replay": ("compute it all again from it", "пересчитать всё по нему"),
    # what is solved for
    "found_at_most": (
        "found so that {total} is at most {target}",
        "найдено из условия: {total} не больше, чем {target}",
    ),
    "found_at_least": (
        "found so that {total} is at least {target}",
        "найдено из условия: {total} не меньше, чем {target}",
    ),
    "found_nearest_to": (
        "found so that {total} is nearest to {target}",
        "найдено из условия: {total} ближе всего к значению {target}",
    ),
    "sum_at": ("at {value} the sum is {total}", "при {value} сумма равна {total}"),
    "remains": ("{n} remains", "остаётся {n}"),
    "exceeds": ("{n} too much", "превышение {n}"),
    "goes_one_way": (
        "the formulas prove that the sum goes one way",
        "из формул следует, что сумма меняется в одну сторону",
    ),
    "tried_at": (
        "one way at all {n} figures tried",
        "в одну сторону при всех {n} проверенных значениях",
    ),
    "solved_range": (
        "Sought among the whole multiples of {unit} from {low} to {high}.",
        "Ищется среди кратных {unit} от {low} до {high}.",
    ),
    "solved_next": (
        "The next one lies across the sum to be met; of several alike, the last before it.",
        "Следующее переходит через заданную сумму; из равных берётся последнее перед ней.",
    ),
    # the method as a document
    "edition": ("Version", "Версия"),
    "before": ("Base", "Исходно"),
    "after": ("Scenario", "По сценарию"),
    "change": ("Change", "Изменение"),
    "only_together": ("Only together", "Только вместе"),
    "gain_lose": (
        "Schools that gain: {gain}, lose: {lose}, unchanged: {rest}",
        "Школ выигрывает: {gain}, теряет: {lose}, без изменений: {rest}",
    ),
    "schools_by_change": ("Schools by change in per cent", "Школы по изменению в процентах"),
    "step_below": ("below {high} %", "ниже {high} %"),
    "step_between": ("{low} to {high} %", "от {low} до {high} %"),
    "step_from": ("{low} % and more", "от {low} %"),
    "per_student_change": ("Change per student", "Изменение на учащегося"),
    "causes": ("Causes", "Причины"),
    "students_after": ("Students by scenario", "Учащиеся по сценарию"),
    "schools_moved": ("Schools", "Школ"),
    "gains": ("Gain", "Выигрывает"),
    "loses": ("Lose", "Теряет"),
    "stays": ("Unchanged", "Без изменений"),
    "changed_line": ("changed rules of the line: {line}", "изменённые правила строки: {line}"),
    "new_line": ("new line: {line}", "новая строка: {line}"),
    "removed_line": ("line left out: {line}", "исключённая строка: {line}"),
    "merged_schools": ("merged schools", "объединение школ"),
    "cause_network": ("a school opened or closed", "открытие или закрытие школы"),
    "cause_number": ("number of students", "число учащихся"),
    "cause_mix": ("mix of students", "состав учащихся"),
    "cause_limits": ("floors, caps and scaling", "нижние и верхние границы, масштабирование"),
    "cause_rounding": ("rounding", "округление"),
    "fixed_budget": ("the fixed budget", "заданный бюджет"),
    "letter_same": ("Nothing changes for you.", "Для вас ничего не меняется."),
    "letter_more": ("You receive {amount} more", "Вы получите на {amount} больше"),
    "letter_less": ("You receive {amount} less", "Вы получите на {amount} меньше"),
    "letter_as_much": (
        "In all, you receive as much as before",
        "В целом сумма для вас не меняется",
    ),
    "letter_reason": ("{amount} because of: {cause}", "{amount} – причина: {cause}"),
    "letter_more_students": (
        "{amount} because you have {n} more students",
        "{amount} – учащихся больше на {n}",
    ),
    "letter_one_more_student": (
        "{amount} because you have one more student",
        "{amount} – на одного учащегося больше",
    ),
    "letter_one_fewer_student": (
        "{amount} because you have one student fewer",
        "{amount} – на одного учащегося меньше",
    ),
    "letter_fewer_students": (
        "{amount} because you have {n} fewer students",
        "{amount} – учащихся меньше на {n}",
    ),
    "letter_together": (
        "{amount} because these changes act together",
        "{amount} – совместное действие этих изменений",
    ),
    "based_on": ("Based on", "На основе"),
    "without": ("without", "без"),
    "date": ("As of", "По состоянию на"),
    "priced_for": ("For the months", "За период"),
    "measure": ("Currency", "Валюта"),
    "who_is_counted": ("Who is counted", "Кто учитывается"),
    "schools": ("Schools", "Школы"),
    "protected": ("protected", "защищённый признак"),
    "count_error": (
        "Every student stands once{day}.",
        "Каждый учащийся учитывается один раз{day}.",
    ),
    "count_main_enrolment": (
        "Of a student in several rows{day} the main enrolment alone is counted: {by}.",
        "Из нескольких записей об учащемся{day} учитывается только основная: {by}.",
    ),
    "count_split_fte": (
        "A student may be split over several rows{day}; the parts ({by}) come to at most 1.",
        "Учащийся может делиться между несколькими записями{day}; сумма долей ({by}) не больше 1.",
    ),
    "on_each_day": (" on each count date ({date})", " на каждую дату учёта ({date})"),
    "protected_unread": (
        "Protected attributes may be shown beside the amounts; no rule of this method reads them.",
        "Защищённые признаки могут показываться рядом с суммами; ни одно правило этой методики "
        "их не читает.",
    ),
    "monotone": (
        "Proved for all data: one more student never lowers the total of a school, and each can "
        "raise it.",
        "Доказано для любых данных: ещё один учащийся никогда не снижает итог школы, и каждый "
        "может его повысить.",
    ),
    "monotone_but": ("Exceptions:", "Исключения:"),
    "printed": ("As printed", "В печатном тексте"),
    "derived": ("Derived", "Выводится"),
    "may_lower": ("Exception", "Исключение"),
    "a truth": ("yes or no", "да или нет"),
    "a count": ("a count", "количество"),
    "a whole number": ("a whole number", "целое число"),
    "a number": ("a number", "число"),
    "a ratio": ("a ratio", "доля или коэффициент"),
    "a money": ("an amount of money", "денежная сумма"),
    "a date": ("a date", "дата"),
    "a text": ("a text", "текст"),
    "if_empty": ("an empty cell is read as {value}", "пустая ячейка читается как {value}"),
    "or_more": ("{low} or more", "{low} и больше"),
    "up_to": ("up to {high}", "до {high} включительно"),
    "below": ("below {high}", "меньше {high}"),
    "from_below": ("from {low}, but below {high}", "от {low}, но меньше {high}"),
    "from_to": ("{low}–{high}", "{low}–{high}"),
    "from_up_to": ("from {low} to {high}", "от {low} до {high}"),
    "definitions": ("Definitions", "Определения"),
    "figures": ("Figures", "Показатели"),
    "unit": ("Unit", "Единица измерения"),
    "period": ("In force", "Действует"),
    "since": ("from {day}", "с {day}"),
    "until": ("until {day}, that day excluded", "до {day}, не включая этот день"),
    "applied": ("applied", "применяется"),
    "steps": ("Steps of the calculation", "Шаги расчёта"),
    "steps_are": (
        "Numbers on the way to the amounts: they are shown and not paid.",
        "Промежуточные величины: они показываются, но не выплачиваются.",
    ),
    "what_is_paid": ("What is paid", "Что выплачивается"),
    "day_of_run": ("date of the calculation", "дата расчёта"),
    "for_whom": ("For", "Считается"),
    "each student": ("each student", "на каждого учащегося"),
    "each_of": ("each row of “{units}”", "на каждую строку таблицы «{units}»"),
    "best_alone": (
        "Of several rows alike in {per}, only the one with the largest {of} counts.",
        "Из строк, одинаковых по «{per}», учитывается одна – с наибольшим «{of}».",
    ),
    "more_groups": ("… and {n} more groups", "… и ещё групп: {n}"),
    "each school": ("each school", "на каждую школу"),
    "the system": ("all schools together", "по всем школам вместе"),
    "if": ("If", "При условии"),
    "rounding": ("Rounding", "Округление"),
    "rounding_of_school": (
        "the school's sum to {unit} ({mode})",
        "сумма школы – до {unit} ({mode})",
    ),
    "in_force": ("In force", "Действует"),
    "other_steps": ("Also computed", "Рассчитано также"),
    "required": ("Presumed of the data", "Требования к данным"),
    "otherwise": ("Otherwise", "Иначе"),
    "otherwise_required": ("nothing is computed", "расчёт не производится"),
    "otherwise_expected": ("a warning is given", "выдаётся предупреждение"),
    "condition_is": ("Condition", "Условие"),
    "codes": ("Codes", "Коды"),
    "instalments": ("Instalments", "Выплаты частями"),
    "instalment": ("Instalment", "Выплата"),
    "share": ("Share of the total", "Доля итога"),
    "remainder_last": (
        "what rounding leaves over goes to the last",
        "остаток от округления – в последней выплате",
    ),
    "remainder_first": (
        "what rounding leaves over goes to the first",
        "остаток от округления – в первой выплате",
    ),
    "remainder_cumulative": (
        "rounded is what is paid up to each, so that together they make the total",
        "округляется выплаченное нарастающим итогом, вместе выплаты дают итог",
    ),
    "paid_in": (
        "The total of a school is paid in instalments that add up to it ({how}).",
        "Итог школы выплачивается частями, которые вместе дают его ({how}).",
    ),
    "worked_examples": ("Worked examples", "Примеры расчёта"),
    "examples_known": (
        "The rulebook carries worked examples whose amounts are known: {n}.",
        "К правилам приложены примеры с известными суммами, всего: {n}.",
    ),
    "sources": ("Sources", "Источники"),
    "note": ("Note", "Примечание"),
    **WORKBOOK_WORDS,
}

_WORDS_IN_POINTS: dict[str, tuple[str, str]] = {
    "amount": ("Result", "Результат"),
    "rate": ("For one", "За единицу"),
    "rate_is": ("for one", "за единицу"),
    "allocation": ("Results", "Результаты"),
    "statement": ("Statement of the calculation", "Расчёт результата"),
    "excluded": ("Not counted", "Не учитываются"),
    "students_excluded": ("not counted", "не учитывается"),
    "ledger": (
        "Students read: {read} = counted: {funded} + not counted: {excluded}",
        "Прочитано учащихся: {read} = учитывается {funded} + не учитывается {excluded}",
    ),
    "rate_zero": ("the result is 0", "результат равен 0"),
    "protected_unread": (
        "Protected attributes may be shown beside the results; no rule of this method reads them.",
        "Защищённые признаки могут показываться рядом с результатами; ни одно правило этой "
        "методики их не читает.",
    ),
    "measure": ("Unit", "Единица"),
    "steps_are": (
        "Numbers on the way to the result: they are shown and not added up.",
        "Промежуточные величины: они показываются, но не складываются.",
    ),
    "what_is_paid": ("What counts", "Что учитывается"),
}
"""What is called otherwise under a rulebook that gives points instead of money."""

_FORMULA_WORDS: dict[str, str] = {
    "min": "мин",
    "max": "макс",
    "abs": "модуль",
    "if": "если",
    "round": "округл",
    "round_half_even": "округл_чёт",
    "round_up": "округл_вверх",
    "round_down": "округл_вниз",
    "count": "число",
    "share": "доля",
    "sum": "сумма",
    "mean": "среднее",
    "clamp": "в_пределах",
    "ramp": "доля_пути",
    "root": "корень",
    "ln": "ln",
    "median": "медиана",
    "kth_largest": "наибольший_по_счёту",
    "only": "единственный",
    "school_id": "код_школы",
    "rank": "место",
    "largest_remainder": "наибольшие_остатки",
    "sainte_lague": "сент_лагю",
    "fill_level": "уровень_выравнивания",
    "students": "учащихся",
    "schools": "школ",
    "of students": "по учащимся",
    "of schools": "по школам",
    "by": "по признаку",
    "and": "и",
    "or": "или",
    "not": "не",
    "in": "в",
    "as_of": "дата",
}


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    in_points: bool = False

    def __call__(self, key: str, **values: object) -> str:
        """The word or sentence of `key`, its counts grouped. Raises KeyError for an unknown key."""
        words = _WORDS_IN_POINTS if self.in_points and key in _WORDS_IN_POINTS else _WORDS
        return filled(words[key][LANGUAGES.index(self.language)], self.language, values)

    def of_formula(self, word: str) -> str:
        """A word of the formula language as this language's readers see it."""
        return _FORMULA_WORDS.get(word, word) if self.language == "ru" else word
