"""The words of an audit, in English and Russian."""

from __future__ import annotations

from formula_funding.language.numbers import filled
from formula_funding.language.words import LANGUAGES

_WORDS: dict[str, tuple[str, str]] = {
    "audit": ("Audit", "Проверка справедливости"),
    "neutrality": ("Neutrality", "Нейтральность"),
    "no_protected": (
        "No line reads a protected attribute, directly or through another definition.",
        "Ни одна строка не читает защищённый признак ни прямо, ни через другое определение.",
    ),
    "reads_protected": (
        "{line} reads a protected attribute: {way}",
        "«{line}» читает защищённый признак: {way}",
    ),
    "no_protected_attribute": (
        "No experiment: the rulebook declares no protected attribute of schools.",
        "Без опыта: методика не объявляет защищённых признаков школ.",
    ),
    "no_statuses": (
        "No experiment: the register has no protected attribute. Give it with --schools.",
        "Без опыта: в реестре нет защищённых признаков. Укажите реестр: --schools.",
    ),
    "nothing_moved": (
        "Statuses exchanged in {n} ways ({attributes}): nothing moved.",
        "Статусы обменивали, способов: {n} ({attributes}); ничего не сдвинулось.",
    ),
    "all_are": ("all schools as “{value}”", "все школы: «{value}»"),
    "passed_on": ("each “{attribute}” passed on to the next", "«{attribute}» передан следующему"),
    "moved": (
        "{how}: {moved} moved in all, {largest} at most (schools: {schools})",
        "{how}: сдвинулось всего {moved}, самое большее {largest} (школ: {schools})",
    ),
    "per_weighted_student": (
        "Money per weighted student, by {attribute}",
        "Деньги на взвешенного учащегося, по признаку «{attribute}»",
    ),
    "of_status": (
        "{value}: {amount} (schools: {schools}, students: {students})",
        "{value}: {amount} (школ {schools}, учащихся {students})",
    ),
    "equal": ("equal to the last digit", "поровну до последнего знака"),
    "not_equal": ("NOT equal", "НЕ поровну"),
    "exceptions": (
        "Belonging to one school or one kind of school: {n}",
        "Относится к одной школе или одному виду школ: {n}",
    ),
    "by": ("{name}, by {by}; {source}", "{name}, по признаку «{by}»; {source}"),
    "no_source": ("no source stated", "источник не указан"),
    "cliffs": ("Cliffs: {n}", "Обрывы: {n}"),
    "cliffs_partly": (
        "Cliffs: {n} (lines searched: {searched} of {all})",
        "Обрывы: {n} (строк проверено: {searched} из {all})",
    ),
    "cliffs_unknown": ("Cliffs: not searched", "Обрывы: не искали"),
    "cliff": (
        "{before} → {after} {counted}: {loss} ({conditions})",
        "{before} → {after} {counted}: {loss} ({conditions})",
    ),
    "students": ("students", "учащихся"),
    "not_searched": (
        "Not searched, as more than the school's own students decide: {lines}",
        "Не искали, так как решают не только учащиеся самой школы: {lines}",
    ),
    "one_more": (
        "One more student of each kind in each school ({tried} tried): {n} get less",
        "Ещё один учащийся каждого вида в каждой школе (попыток {tried}): меньше получают {n}",
    ),
    "one_more_partly": ("not all kinds were tried", "не все виды проверены"),
    "one_more_loss": ("{school}: {loss} ({kind})", "{school}: {loss} ({kind})"),
    "and_more": ("… and {n} more, with --format json", "… и ещё {n}: --format json"),
    "equity": (
        "Equity of money per student, by students",
        "Равномерность денег на учащегося, по числу учащихся",
    ),
    "need_weighted": ("The same, need-weighted (p·w, x ÷ w)", "То же, взвешено (p·w, x ÷ w)"),
    "wealth": ("Wealth neutrality", "Нейтральность к достатку"),
    "too_few": (
        "Equity: no figures, as students are counted in fewer than five schools.",
        "Равномерность: без показателей, так как учащиеся посчитаны меньше чем в пяти школах.",
    ),
    "undefined": ("does not exist", "не определено"),
    "passed": ("PASSED: every status is treated alike.", "ПРОЙДЕНА: ко всем статусам одинаково."),
    "passed_by_proof": (
        "PASSED by the proof alone: there was no status to exchange.",
        "ПРОЙДЕНА только доказательством: статусов для обмена нет.",
    ),
    "failed": (
        "FAILED: the same student brings different money by status.",
        "НЕ ПРОЙДЕНА: тот же учащийся приносит разные деньги в зависимости от статуса.",
    ),
    "mean": ("mean", "среднее"),
    "median": ("median", "медиана"),
    "range": ("range", "размах"),
    "restricted_range": ("restricted range", "ограниченный размах"),
    "federal_range_ratio": ("federal range ratio", "федеральный коэффициент размаха"),
    "variance": ("variance", "дисперсия"),
    "coefficient_of_variation": ("coefficient of variation", "коэффициент вариации"),
    "mcloone": ("McLoone index, inclusive", "индекс Маклуна, включительно"),
    "mcloone_strict": ("McLoone index, strict", "индекс Маклуна, строго"),
    "verstegen": ("Verstegen index, inclusive", "индекс Верстеген, включительно"),
    "gini": ("Gini index", "индекс Джини"),
    "theil": ("Theil index", "индекс Тейла"),
    "mean_log_deviation": ("mean log deviation", "среднее логарифмическое отклонение"),
    "relative_mean_deviation": ("relative mean deviation", "относительное среднее отклонение"),
    "correlation": ("correlation", "корреляция"),
    "slope": ("slope", "наклон"),
    "elasticity": ("elasticity", "эластичность"),
}


_RUSSIAN_FORMULAS = {
    "median": "M = наименьшее x, при котором Σp ≥ N ÷ 2 (если Σp = N ÷ 2: среднее двух)",
    "restricted_range": "P95 − P5, по учащимся",
    "federal_range_ratio": "(P95 − P5) ÷ P5, по учащимся (34 CFR 222.162)",
    "mcloone": "Σpx ÷ (M · Σp) при x ≤ M (включительно)",
    "mcloone_strict": "Σpx ÷ (M · Σp) при x < M (строго)",
    "verstegen": "Σpx ÷ (M · Σp) при x ≥ M (включительно)",
    "correlation": "r = cov(x, z) ÷ (σx · σz), по учащимся",
    "slope": "b = cov(x, z) ÷ σz², по учащимся",
    "elasticity": "b · среднее(z) ÷ μ",
}
"""Those with words in them; the others are the same in every language."""


def formula_of(name: str, formula: str, language: str) -> str:
    """The formula of a statistic for a reader; `formula` is the English one."""
    return _RUSSIAN_FORMULAS.get(name, formula) if language == "ru" else formula


def audit_word(key: str, language: str, **values: object) -> str:
    """The word or sentence of `key`, its counts grouped. Raises KeyError for an unknown key."""
    return filled(_WORDS[key][LANGUAGES.index(language)], language, values)
