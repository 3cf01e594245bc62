"""The words of the allocation workbook, in English and Russian."""

from __future__ import annotations

WORKBOOK_WORDS: dict[str, tuple[str, str]] = {
    # names of sheets
    "cover": ("Cover", "Титул"),
    "charts": ("Charts", "Диаграммы"),
    "statement_sheet": ("Statement", "Уведомление"),
    "payments": ("Instalments", "Выплаты"),
    "checks": ("Checks", "Проверки"),
    "record": ("Record", "Запись"),
    "about_record": (
        "What the program wrote into this workbook; “funding verify” tells by it what was changed.",
        "Что программа записала в эту книгу; по этой записи «funding verify» находит изменения.",
    ),
    # the cover
    "contents": ("Contents", "Содержание"),
    "workbook": ("Allocation workbook", "Книга распределения"),
    "made_by": ("Made by", "Составлено программой"),
    "files_read": ("Files read", "Прочитанные файлы"),
    "checks_hold": (
        "TRUE: all checks hold",
        "ИСТИНА: все проверки выполнены",
    ),
    "check_fails": (
        "FALSE: a check does not hold, see the sheet “{sheet}”",
        "ЛОЖЬ: есть невыполненная проверка, см. лист «{sheet}»",
    ),
    "about_inputs": (
        "Framed cells hold figures and counts. Change one, and every school follows by formulas.",
        "Ячейки в рамке – показатели и количества. Измените любую, и суммы школ пересчитаются.",
    ),
    "about_held": (
        "Cells in italics on grey hold values and do not follow; “{sheet}” says why.",
        "Ячейки курсивом на сером – значения без формул; причины – на листе «{sheet}».",
    ),
    "about_protection": (
        "Sheets are protected without a password: against slips of the hand, not for security.",
        "Листы защищены без пароля: от случайной правки, а не ради безопасности.",
    ),
    "on_summary": ("one row per school: its lines and total", "строка на школу: её суммы и итог"),
    "on_charts": ("the lines and the schools as charts", "строки и школы на диаграммах"),
    "on_statement_sheet": (
        "one school, chosen from a list, in the form of an official notice",
        "одна школа, выбранная из списка, в форме официального уведомления",
    ),
    "on_lines": ("one row per school and line", "строка на каждую школу и строку правил"),
    "on_explanation": (
        "how each amount came about: students × rate, group by group",
        "из чего сложилась каждая сумма: учащиеся × норматив по группам",
    ),
    "on_schools": ("facts of schools and the steps over them", "данные школ и шаги по ним"),
    "on_figures": (
        "the rates and other figures, with date and source",
        "нормативы и другие показатели, с датой и источником",
    ),
    "on_payments": ("each school's total in parts", "итог каждой школы по частям"),
    "on_checks": (
        "whether everything adds up, calculated anew with each change",
        "сходится ли всё; пересчитывается при каждом изменении",
    ),
    "on_excluded": (
        "students whom no line funds",
        "учащиеся, которых не финансирует ни одна строка",
    ),
    "on_ledger_title": ("what became of every row read", "что стало с каждой прочитанной строкой"),
    "on_held_cells": (
        "cells that hold values instead of formulas, and why",
        "ячейки со значениями вместо формул и почему",
    ),
    # links and columns
    "name_of_cell": ("Name of the cell", "Имя ячейки"),
    "see": ("See", "Переход"),
    "explained_from": ("Calculation, row", "Расчёт, строка"),
    # checks
    "check": ("Check", "Проверка"),
    "in_workbook": ("In this workbook", "В этой книге"),
    "should_be": ("Should be", "Должно быть"),
    "difference": ("Difference", "Разница"),
    "holds": ("Holds", "Выполнена"),
    "all_checks": ("All checks", "Все проверки"),
    "check_line": ("{line}: sheet “{a}” = sheet “{b}”", "{line}: лист «{a}» = лист «{b}»"),
    "check_line_engine": (
        "{line}: this workbook = the engine (differs once a figure is changed)",
        "{line}: эта книга = расчёт программы (после изменения показателя расходится)",
    ),
    "check_schools": ("Schools = total", "Школы = итог"),
    "check_each_school": (
        "Lines = school, for each school (sum of the differences)",
        "Строки = школа, по каждой школе (сумма расхождений)",
    ),
    "check_engine": (
        "Total: this workbook = the engine (differs once a figure is changed)",
        "Итог: эта книга = расчёт программы (после изменения показателя расходится)",
    ),
    "check_students": ("Students in = students used", "Учащихся прочитано = учтено"),
    "check_students_of": (
        "{line}: students in its groups = students read",
        "{line}: учащихся в группах = прочитано",
    ),
    "check_rows": (
        "Rows counted + left out = rows read",
        "Строки учтённые + отброшенные = прочитано",
    ),
    "check_funded": (
        "Students funded + not funded = students read",
        "Учащиеся финансируемые + нефинансируемые = прочитано",
    ),
    "check_payments": ("Instalments = total", "Выплаты = итог"),
    # the statement
    "choose_school": (
        "← choose a school from the list in this cell",
        "← выберите школу из списка в этой ячейке",
    ),
    "place_in_list": ("Number in the list", "Номер в списке"),
    "number": ("No.", "№"),
    "how": ("How it is computed", "Как вычисляется"),
    "sum_of_products": ("Σ (a × b) over the groups, {formula}", "Σ (a × b) по группам, {formula}"),
    "calculation": ("Calculation", "Расчёт"),
    "calculation_more": (
        "More rows stand on the sheet “{sheet}”.",
        "Остальные строки – на листе «{sheet}».",
    ),
    "head": ("Head of the authority", "Руководитель органа"),
    "accountant": ("Chief accountant", "Главный бухгалтер"),
    "received": ("Received by the school", "Получено школой"),
    "signature": ("signature", "подпись"),
    "full_name": ("name", "расшифровка подписи"),
    "signed_on": ("date", "дата"),
    # charts
    "chart_lines": ("Amounts by line", "Суммы по строкам"),
    "chart_lines_alt": (
        "Bar chart of the total of each line; the numbers stand in the last row of “{sheet}”.",
        "Столбчатая диаграмма итогов по строкам; числа – в последней строке листа «{sheet}».",
    ),
    "chart_schools": ("Totals of the schools", "Итоги школ"),
    "chart_schools_alt": (
        "Column chart of the total of each school; the numbers stand in the column “{column}” of "
        "“{sheet}”.",
        "Столбчатая диаграмма итогов школ; числа – в столбце «{column}» листа «{sheet}».",
    ),
    # why a cell of a workbook holds a value instead of a formula
    "held_alone": (
        "value: it reads other sheets, which stand in the workbook of all schools",
        "значение: читает другие листы, которые есть в книге всех школ",
    ),
    "held_sharing": (
        "value: sharing out a sum coin by coin has no spreadsheet formula",
        "значение: для распределения суммы по копейке нет формулы таблицы",
    ),
    "held_level": (
        "value: the level that spends a sum exactly has no spreadsheet formula",
        "значение: для уровня, точно расходующего сумму, нет формулы таблицы",
    ),
    "held_function": (
        "value: no spreadsheet formula is known for this construct",
        "значение: для этой конструкции формула таблицы неизвестна",
    ),
    "held_digits": (
        "value: more digits than a spreadsheet keeps",
        "значение: больше знаков, чем хранит таблица",
    ),
    "held_too_long": (
        "value: the formula would be longer than a spreadsheet allows",
        "значение: формула длиннее, чем допускает таблица",
    ),
    "held_students": (
        "value, does not recalculate here: summed up of students by a rate or by the school; "
        "change the rulebook or the register and compute again",
        "значение, здесь не пересчитывается: сложено по учащимся с учётом показателя или школы; "
        "измените правила или реестр и рассчитайте заново",
    ),
    "held_condition": (
        "value, does not recalculate here: whom the line pays depends on a rate or on the school; "
        "change the rulebook or the register and compute again",
        "значение, здесь не пересчитывается: кому положена эта строка, зависит от показателя или "
        "от школы; измените правила или реестр и рассчитайте заново",
    ),
    "held_student_step": (
        "value, does not recalculate here: to which group a student belongs depends on a rate or "
        "on the school; change the rulebook or the register and compute again",
        "значение, здесь не пересчитывается: в какую группу попадает учащийся, зависит от "
        "показателя или от школы; измените правила или реестр и рассчитайте заново",
    ),
    "held_product": (
        "value, does not recalculate here: the rate of a group holds a value of endless digits",
        "значение, здесь не пересчитывается: норматив группы – значение с бесконечной дробью",
    ),
    "read_by_none": (
        "no formula reads it: does not recalculate here",
        "не читает ни одна формула: здесь не пересчитывается",
    ),
    "held_cells": ("Values held", "Без формул"),
    "sheet": ("Sheet", "Лист"),
    "cells": ("Cells", "Ячеек"),
    "held_day": (
        "value: spreadsheets disagree about days before March 1900",
        "значение: таблицы по-разному считают дни до марта 1900 года",
    ),
}
