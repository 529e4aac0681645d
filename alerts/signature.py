"""What an article is about in words that no gazetteer holds: proper names, and numbers with their units. Pure.

Two outlets share few words on one event, and in two languages none but these.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_NAMES = 12
MOST_DETAILS = 18

_TOKEN = re.compile(r"[^\W_]+(?:[-'’.·][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.,-])(\d+(?:[.,]\d+)*)(?:[ -]?([^\W\d_]+))?")
_CHINESE_YEAR = re.compile(r"([〇零一二三四五六七八九]{4})年")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_EASTERN = re.compile(r"[《「『“]([^》」』”\s]{2,12})[》」』”]|([゠-ヿ]{3,})|(?<![^\W_])([A-Za-z][A-Za-z0-9-]{2,})")
_EAST_ASIAN = re.compile(r"[぀-ヿ㐀-鿿]")
_DATELINE = re.compile(r"^[^\W\d_a-z][^\na-z]{1,40}? [-–—] ", re.MULTILINE)
_EXPANDED = re.compile(
    r"(?:[A-ZÀ-ÞА-ЯЁ][\w’'-]*\s+(?:(?:of|and|for|the|de|del|della|des|du|la|los|y|e|et|d[eoa]s?|für|und|и|по)\s+)*){1,9}"
    r"\((?P<short>[^\W_][\w-]*)\)"
)
_SENTENCE_STARTS_AFTER = frozenset(".!?…:;\n-–—•")
_OPENING = " \t\"'“”«»„‘’(["
_GENITIVE = re.compile(r"['’]s$|['’]$")
_ELISION = re.compile(r"^(?:[ldnmtsjcq]|qu|dell|nell|all|un)['’]", re.IGNORECASE)
_RUSSIAN_ENDING = re.compile(r"(?<=[а-яё]{4})(?:ого|ому|ами|ями|ах|ях|ой|ом|ем|ым|их|ых|ов|ев|[аяуюеиыоьй])$")

_STEMS = tuple(
    """
    afri algeri algéri améri ameri argenti asia asie austral austri autrich azerb bahr bangl belg brasil brazil brazi brési britain britan britis
    bulgar canad chile chili chin cina colomb corea corée core cypr czech dan deut dutch egyp egip egitt emira españ espan espag espagn estoni ethiop
    europ europe finl finn frances franc franz french frenc german alem allem germ greec greek grec hungar hongr inde india indi indo indones
    inglat iran iraq irel irish irland isra ital japan japon japão giapp kazakh kenya keny korea kore lithuan luxemb malays mexic mexiq méxic mongol
    moroc maroc nether niger norweg norw norv noruega pakist peru pérou philipp filip polan polis pologn portug roman roum russ rusia rusi ruanda rwanda
    saudi scot singap slova slove south-k spain spanis swed suec suèd swiss switz suisse suiz svizz taiwan thai tunis turk turqu turqui ukrain
    ucrani vietnam росси росс рф китай китайс кита япон инди европ сша америк франц герман итал коре
    agen administ academ aerosp aéro aero airforc ambass assembl associat author bureau cabinet centr center chair chief comis commis commit compan
    congr consej conseil counc council countr depart deput direc directeur embass executive foundation gobiern govern gouvern heads institut intergov
    internat joint labor laborat member minist missi nation nacion nazion office offic organi organis president préside presid profess program project
    repor republi secret secrét senat spac spatia spazi espac espaci state stati états estad techn télé univers union unite unión агент космич
    правит минист центр президент директор глав роскосм
    moon lune luna lunar earth terre tierra terra mars sun soleil sol orbit solar satel satéli planet луна луны земл солн марс спутник
    januar februar march april june july august septem octob novem decem janvi févri avril juin juillet août décem enero febrer marzo abril mayo junio
    julio agosto setiem diciem janei feverei junho julho outub dezem gennai febbrai maggi giugn lugli settem ottob dicem januar märz mai juni juli
    oktob dezem январ феврал март апрел июн июл август сентяб октяб нояб декаб
    monda tuesda wednes thursd friday saturd sunday lundi mardi mercre jeudi vendre samedi dimanch lunes martes miérco jueves viernes sábado domingo
    lunedì montag dienst mittwo donner freitag samstag sonnt понедел вторн сред четверг пятниц суббот воскрес
    agree accord acuerd memorand arrange contract contrat treat
    """.split()
)
"""How words begin that tell no event from another: countries, offices, heavenly bodies, days and months."""
_EXACT = frozenset(
    "may mai uk usa eu un us u.s u.k onu ue eeuu uae prc uno may mayo the and for dr mr mrs ms sr i ii iii ceo cto it a an r&d co inc ltd gmbh llc nu km kg mw gw".split()
)
_UNITS = frozenset("a an and as at by e el en et for from h i in la le o of on or per po the to u und y и в на".split())
