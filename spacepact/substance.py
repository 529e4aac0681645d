"""What of an article is its substance: only a change of that makes a new revision."""

from __future__ import annotations

import hashlib
import re

_SHORT = 160
"""Characters: a longer line is prose, whatever words it holds."""
_NUMBER = r"\d[\d.,\u00a0\u202f' ]*\s?(?:[kmb]|mil|mio|тыс|万|만)?\.?"
_COUNTED = (
    r"(?:views?|reads?|shares?|comments?|likes?|reactions?|retweets?|readers?|downloads?|people (?:have )?(?:read|viewed|shared) this"
    r"|aufrufe|kommentare|mal geteilt|vues?|lectures?|partages?|commentaires?|visitas|lecturas|compartidos?|comentarios|visualizaciones"
    r"|visualizações|compartilhamentos|comentários|visualizzazioni|condivisioni|commenti|просмотр\w*|комментари\w*|阅读[量数]?|次阅读|浏览(?:次数|量)?|次浏览|评论|点击数?"
    r"|閲覧|件のコメント|조회수?|댓글|مشاهدة|görüntülenme|yorum)"
)
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|[smhdw]|sekunden?|minuten?|stunden?|tag(?:en)?|secondes?|heures?|jours?"
    r"|segundos?|minutos?|horas?|d[ií]as?|second[io]|minut[io]|or[ae]|giorn[io]|секунд\w*|минут\w*|час\w*|дн\w+|день)"
)
_AGO = re.compile(
    rf"\b(?:(?:last )?(?:updated|modified|posted|published|edited)\s*:?\s*)?(?:(?:\d{{1,4}}|an?|one)\s?{_UNIT}\s(?:ago|назад|fa|atrás)\b"
    rf"|(?:vor|il y a|hace|há)\s(?:\d{{1,4}}|einer?|un[ae]?|uma?)\s{_UNIT}\b)"
    r"|\b(?:updated|posted|published) just now\b|\d{1,4}\s?(?:秒|分钟|分|小时|時間|天|日|초|분|시간|일)\s?(?:前|전)",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"(?:last |page )?(?:updated?|modified|edited|aktualisiert|stand|mis à jour|actualizado|aggiornato|обновлено|更新(?:日|时间|于)?|수정)"
    r"(?:\s*:|\s+(?:on|at|am|le|el|il))?\s*(?:[^\W\d]+[.,]*\s+){0,2}\d.{0,40}",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    rf"\W*(?:(?:{_NUMBER}\W*{_COUNTED}|{_COUNTED}\W*{_NUMBER}|\d+ min(?:ute)?s?\.? read"
    rf"|(?:reading time|lesezeit|temps de lecture)\W*\d+.{{0,12}})\W*)+",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:we|this (?:web)?site|our (?:web)?site|by (?:using|continuing)"
    r"|(?:diese|unsere) (?:web)?seite|wir|ce site|nous|este sitio|questo sito)\b"
    r".{0,120}\bcookies?\b.{0,120}|(?:accept|manage|reject)(?: all)? cookies?.{0,60}|cookie (?:settings|policy|preferences|notice)",
    re.IGNORECASE,
)
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*", re.IGNORECASE)
_NOT_WORDS = re.compile(r"\W+")


def substance(title: str, text: str) -> list[str]:
    """Return the title and the paragraphs of an article as they count.

    Counters, "updated 5 minutes ago", cookie notices and what follows the `?` of an address do not.
    """
    return [title, *(kept for line in text.split("\n") if (kept := _QUERY.sub(r"\1", _AGO.sub("", line)).strip()) and not _passing(line))]


def fingerprint(title: str, text: str) -> str:
    """Return a hash of the words that count: white space, case and punctuation do not make a new revision."""
    words = _NOT_WORDS.sub(" ", "\n".join(substance(title, text)).casefold()).strip()
    return hashlib.sha256(words.encode()).hexdigest()


def _passing(line: str) -> bool:
    if len(line) > _SHORT:
        return len(line) <= 2 * _SHORT and bool(_COOKIES.fullmatch(line))
    return any(pattern.fullmatch(line.strip()) for pattern in (_COUNTER, _STAMP, _COOKIES))
