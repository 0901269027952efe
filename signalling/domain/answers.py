"""What a visitor answered in a site's form, in the words of the agent who reads it."""

from __future__ import annotations

from collections.abc import Mapping

from signalling.domain.configured.site import SiteField, SiteSettings
from signalling.domain.configured.values import in_language
from signalling.domain.desk_views import AnswerView


def in_words(
    site: SiteSettings | None, answers: Mapping[str, str], language: str
) -> list[AnswerView]:
    """Each answer under the question as it was asked, in the order of the form.

    `language` is the reader's; the site's first one stands in for it. What the form does not ask
    (any more) keeps its name and comes last, as does everything when the site is gone.
    """
    fields = {} if site is None else {field.key: field for field in site.form}
    first = "" if site is None else site.languages[0]
    asked = [
        _answer(field, answers[key], language, first)
        for key, field in fields.items()
        if key in answers
    ]
    others = [
        AnswerView(name=key, label=key, value=value)
        for key, value in answers.items()
        if key not in fields
    ]
    return [*asked, *others]


def _answer(field: SiteField, value: str, language: str, first: str) -> AnswerView:
    options = {option.value: option.label for option in field.options}
    chosen = options.get(value)
    return AnswerView(
        name=field.key,
        label=in_language(field.label, language, first),
        value=value if chosen is None else in_language(chosen, language, first),
    )
