"""The rare words by which two outlets' reports of one event know each other. All texts are fictional."""

from __future__ import annotations

import pytest

from alerts.signature import MOST_DETAILS, MOST_NAMES, signature


def test_names_and_numbers_are_what_an_article_is_about() -> None:
    text = (
        "LISBON - The Portuguese Space Agency (PT Space) and the Kenya Space Agency (KSA) agreed on Mbuyu, a radar. "
        "The 90-kilogram Mbuyu flies in 2031. Engineers in Malindi, who built it, said on Monday that it is ready."
    )
    found = signature("Portugal and Kenya agree on Mbuyu", text, language="en", known=("pt-space", "KSA"), countries=("PT", "KE"))
    assert found.names == ("mbuyu",)
    assert found.details == ("malindi", "90k", "2031")


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Teams build Ondine", "The teams build Ondine's 12-metre dish at Sétubal. They like Ondine."),
        (
            "fr",
            "Les équipes construisent Ondine",
            "Les équipes construisent à Setubal l'antenne de 12 mètres d'Ondine. Elles aiment Ondine.",
        ),
        ("es", "Los equipos construyen Ondine", "Los equipos construyen en Setúbal la antena de 12 metros de Ondine. Ondine gusta."),
        ("de", "Die Gruppen bauen ONDINE", "Die Gruppen bauen die Antenne von ONDINE. ONDINE misst 12 Meter und steht in SetÚbal."),
    ],
)
def test_languages_agree(language: str, title: str, text: str) -> None:
    found = signature(title, text, language=language)
    assert (found.names, set(found.details)) == (("ondine",), {"setubal", "12m"})


def test_russian_cases_do_not_count() -> None:
    one = signature("Запуск Зарницы", "Агентства готовят Зарницу. Масса Зарницы 40 кг.", language="ru")
    other = signature("Партнёры построили Зарницу", "Сборка аппарата Зарница завершена, и Зарнице нужна ракета.", language="ru")
    assert one.names == other.names == ("зарниц",)


def test_chinese_and_japanese_give_what_they_quote_and_what_is_foreign() -> None:
    found = signature("“鹊影”任务", "双方签署“鹊影”任务协议，相机重12公斤，二〇二九年由CZ-8发射。", language="zh")
    assert (found.names, found.details) == (("鹊影",), ("cz-8", "12公", "2029"))
    assert signature("", "観測機「ホタルビ」", language="ja").details == ("ホタルビ",)


def test_what_every_article_says_is_no_signature() -> None:
    title = "Space Agencies Sign Agreement On Moon Mission"
    text = "The Italian Space Agency signed on Tuesday. The French Minister and the Director General met on 12 May. Italy pays."
    assert signature(title, text, language="en", countries=("IT", "FR")) == ((), ())


def test_a_capital_at_the_start_of_a_sentence_proves_nothing() -> None:
    found = signature("A quiet day", "Engineers wait. Rockets wait too. Everybody in Kourou waits.", language="en")
    assert (found.names, found.details) == ((), ("kourou",))


def test_long_texts_and_unknown_languages_are_bounded() -> None:
    text = "We met " + ", ".join(f"Zor{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)) + " and " + "Quxa and Quxa."
    found = signature("", text * 2, language="x-unknown")
    assert (len(found.names), len(signature("", text, language=None).details)) == (MOST_NAMES, MOST_DETAILS)
