"""`funding docs`: the method of a rulebook in words."""

from __future__ import annotations

import typer

from formula_funding.cli.console import messages
from formula_funding.cli.options import AsOfOption, Language, LanguageOption, RulebookArgument


def docs(
    rulebook: RulebookArgument,
    lang: LanguageOption = Language.EN,
    as_of: AsOfOption = None,
) -> None:
    """Print the method of a rulebook, like a regulation's annex.

    It is a Markdown document, in English or Russian.

    Example: funding docs rulebook.yaml --lang ru > method.md
    """
    from formula_funding.cli.show_problems import show_problems
    from formula_funding.compile.plan_from_rulebook import plan_from_rulebook
    from formula_funding.diagnostics.problem import Problems
    from formula_funding.language.labels import Labels
    from formula_funding.language.method import method_as_markdown
    from formula_funding.pipeline import checked_rulebook

    problems = Problems()
    checked = checked_rulebook(rulebook, problems)
    plan = plan_from_rulebook(checked, as_of, problems)
    show_problems(problems.warnings, messages())
    typer.echo(method_as_markdown(checked, Labels(plan, lang.value)), nl=False)
