# SPDX-License-Identifier: Apache-2.0
"""English is complete: every Chinese sentence of pages and code has its translation, and none is left over."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.architecture.sources import ROOT, is_test

CATALOGUE = ROOT / "wangge/ui/locale/en/LC_MESSAGES/django.po"
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def messages_of(path: Path) -> Iterator[str]:
    """The sentences a source file asks to be translated."""
    text = path.read_text()
    code = templatize(text, origin=str(path)) if path.suffix in (".html", ".txt") else text
    for _, found, _, _ in extract("python", BytesIO(code.encode()), keywords=KEYWORDS):
        yield from [found] if isinstance(found, str) else [part for part in found if part]


def sources() -> list[Path]:
    return [p for p in (ROOT / "wangge").rglob("*") if p.suffix in (".py", ".html") and not is_test(p)]


def translations() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        _one(m.id): "/".join(_all(m.string))
        for m in catalogue
        if m.id and all(_all(m.string)) and not m.fuzzy
    }


def _all(text: object) -> list[str]:
    """Singular and plural, or the one form."""
    return [str(part) for part in text] if isinstance(text, tuple | list) else [str(text)]


def _one(text: object) -> str:
    return _all(text)[0]


def test_every_sentence_has_its_english() -> None:
    english = translations()
    missing = {m: p.name for p in sources() for m in messages_of(p) if not english.get(m)}
    assert not missing, "add them to wangge/ui/locale/en/LC_MESSAGES/django.po"


def test_no_translation_is_left_over() -> None:
    used = {message for path in sources() for message in messages_of(path)}
    assert len(used) > 100, "the extraction found next to nothing"
    assert not [message for message in translations() if message not in used]


def test_placeholders_agree() -> None:
    wrong = {
        chinese: english
        for chinese, english in translations().items()
        if set(PLACEHOLDER.findall(chinese)) != set(PLACEHOLDER.findall(english))
    }
    assert not wrong


def test_english_has_no_chinese_left() -> None:
    assert not [text for text in translations().values() if re.search(r"[\u4e00-\u9fff]", text)]
