"""An actor at an offset, and what the words around a state make of it: a party, a description, a company's home, a place."""

from __future__ import annotations

import re
from typing import NamedTuple

from classifier.gazetteer import Entry


class Actor(NamedTuple):
    """A party at an offset.

    `adjective`: it only describes something else ("the French instrument", "Poland-based Liftero"; with `public`
    False it describes a company, "a Norwegian startup"); `place`: it only says where ("signed in Lima, Peru").
    """

    entry: Entry
    start: int
    end: int
    blocs: tuple[str, ...]
    public: bool
    adjective: bool
    place: bool = False

    @property
    def state(self) -> bool:
        return self.entry.kind == "country"


def placed(actor: Actor, before: Actor | None, following: Actor | None, text: str) -> Actor:
    """Return a state as a place, an adjective, or a company's home where the words around it say so."""
    if not actor.state:
        return actor._replace(place=True) if _union(actor) and _is_venue(actor, text) else actor
    after = text[actor.end : actor.end + 70]
    listed = before is not None and before.public and text[before.end : actor.start] in (", ", ", the ", "、")
    at_a_place = before.place if before is not None and listed else _at_a_place(actor, after, text)
    if at_a_place or _in_a_name(actor, before, text):
        return actor._replace(place=True)
    owned = actor.adjective or after.startswith(("'s", "’s")) or _ABBREVIATED.fullmatch(text, actor.start, actor.end) is not None
    head = _HEAD.match(after) if owned else _FIRM.match(after) or _HEAD_EAST.match(after)
    if head is not None and head["public"]:
        return actor._replace(adjective=False)
    owns = _owns(actor, following, after)
    if head is not None or _of(actor, before, text) or (owns and following is not None and not following.public):
        return actor._replace(adjective=True, public=False)
    describes = owns or after.startswith(("-based", " based")) or (owned and _QUALIFIES.match(after) is not None)
    return actor._replace(adjective=True) if describes else actor


def _union(actor: Actor) -> bool:
    return actor.entry.kind in ("body", "forum") or actor.blocs == ("ESA",)


def _is_venue(actor: Actor, text: str) -> bool:
    """Return whether a union is only where others act, whose members they are, or whose sanctions: "work together at the OECD"."""
    if _ITS_MEMBERS.match(text, actor.end):
        return True
    at_it = _VENUE.search(text[max(0, actor.start - 16) : actor.start]) is not None
    return at_it and not text.startswith(("'s", "’s"), actor.end)


def listed_with(actor: Actor, before: Actor | None, text: str) -> Actor:
    """Return a state that "and" joins to a place as a place itself: "in Peru and Chile"; so is a name in brackets behind its acronym."""
    if before is None or not before.place:
        return actor
    between = text[before.end : actor.start]
    listed = (actor.state and _AND.fullmatch(between)) or (actor.entry.id == before.entry.id and between == " (")
    return actor._replace(place=True) if listed else actor


def _at_a_place(actor: Actor, after: str, text: str) -> bool:
    if actor.adjective:
        return False
    before = text[max(0, actor.start - 60) : actor.start]
    if _WAR.search(before):
        return True
    if after.startswith(("'s", "’s")):
        return _LANDMARK.match(after) is not None
    return bool(_WHERE.search(before) or _LIFTS_OFF.search(before) or _THEIR_HOME.search(before))


def _in_a_name(actor: Actor, before: Actor | None, text: str) -> bool:
    """Return whether a state ends the name of a company: "Harbour Orbital Australia"."""
    return (
        before is not None and not before.public and text[before.end : actor.start] == " " and not text.startswith(("'s", "’s"), actor.end)
    )


def _owns(actor: Actor, following: Actor | None, after: str) -> bool:
    """Return whether a state only tells where the next name comes from: "Spain's Hisdesat", "France's CNES"."""
    if following is None or following.state or following.start - actor.end >= _NEAR or _BASED.match(after) is None:
        return False
    return bool(set(following.blocs) & set(actor.blocs))


def _of(actor: Actor, before: Actor | None, text: str) -> bool:
    """Return whether a state only tells where the company before it comes from: "Spacecom of Israel"."""
    if before is None or before.public or not set(before.blocs) & set(actor.blocs):
        return False
    return text[before.end : actor.start] in (" of ", " of the ", " (", ", of ")


_NEAR = 60
_WHEN = (
    r"\w+day|January|February|March|April|May|June|July|August|September|October|November|December|Now|So|Then|Thus|However|Meanwhile|Also"
    r"|Europe|Furthermore|Moreover|Additionally|Finally|Later|Earlier|Recently|Separately|Instead|Similarly|Indeed|Currently|Tomorrow|Elsewhere"
)
"""Words before a comma that are no towns: "On Monday, France ..." is not "in Lyon, France"."""
_WHERE = re.compile(
    r"(?:\b(?:University|Institute|College|Museum) of (?:the )?"
    r"|\b(?:in|at|near|across|throughout|outside|around|within)(?: the)? |[在于]"
    rf"|\b(?!(?:{_WHEN}), )[A-Z][\w.'’-]+, "
    r"|\b(?:en|à|au|aux|dans|im|nel|nella|em|no|na|в) )$"
)
_ITS_MEMBERS = re.compile(r"(?:['’]s)? (?:member|sanction)")
_VENUE = re.compile(r"\b(?:within|at|through|members? of) (?:the )?$")
_LIFTS_OFF = re.compile(r"\b(?:launch|lift-?off|lift|blast|flight|fl(?:y|ew|own))[^.;,]{0,50} from (?:the )?$", re.IGNORECASE)
"""Where a rocket starts is a place, though "from" else tells who takes part: "two astronauts from Oman"."""
_THEIR_HOME = re.compile(
    r"\b(?:scientists|researchers|students|engineers|experts|professors|teams|companies|firms|start-?ups|customers|universities|institutes"
    r"|participants|visitors|guests|entrepreneurs|investors)(?: [\w-]+){0,2} (?:from|in|of) (?:the )?"
    r"(?:(?:[\w-]+ ){0,5}(?:countries|nations|states)\b,?(?: (?:including|such as|like|among them))? (?:the )?)?$",
    re.IGNORECASE,
)
"""The homes of people and firms are no parties: "scientists from Chile, Peru and Kenya"."""
_WAR = re.compile(
    r"(?:(?:invasion|war|aggression|attacks?|sanctions|conflict|troops)\b[^.;,]{0,12} (?:of|on|against|with|to)"
    r"|troop withdrawals? from) (?:the )?$",
    re.IGNORECASE,
)
"""A state that war or sanctions touch is no partner: "the invasion of Ukraine"."""
_LANDMARK = re.compile(
    r"['’]s (?:[A-Z][\w-]+ ){1,3}(?:Peninsula|Island|Islands|Cape|Coast|Desert|Bay|Province|Region|Sea|Spaceport|Cosmodrome|Base|Range"
    r"|Airport|Space Cent(?:er|re)|Launch (?:Complex|Site|Cent(?:er|re)))\b"
    r"|['’]s (?:\w+ )?(?:coast|shores?|north|south|east|west|capital|desert|territory|airspace|waters)\b"
)
_ABBREVIATED = re.compile(r"U\.?S\.?(?:A\.?)?|U\.?K\.?|U\.?A\.?E\.?|EU")
_BETWEEN = r"(?:(?!(?:and|or|of|to|in|on|at|by|for|with|from|as|is|are|was|will|has|have|had)\b)[\w&’'./-]+ ){0,4}?"
_PRIVATE = (
    r"compan(?:y|ies)|firms?|start-?ups?|manufacturers?|operators?|providers?|suppliers?|makers?|developers?|contractors?|specialists?"
    r"|universit(?:y|ies)|institutes?|researchers|scientists|engineers|students?|investors?|customers?|subsidiary|subsidiaries|giants?"
    r"|conglomerate|industry|businesses|entrepreneurs?|billionaires?|consortium|primes?|launcher|college|school|laborator(?:y|ies)"
)
_PUBLIC = (
    r"[Gg]overnments?|[Mm]inist(?:ry|ries|ers?)|space agency|[Aa]gency|[Aa]dministration|authorities|[Pp]resident|[Pp]rime [Mm]inister"
    r"|leaders?|officials?|military|army|[Aa]ir [Ff]orce|[Nn]avy|armed forces|[Ee]mbassy|[Aa]mbassador|delegation|counterparts?|side"
    r"|parliament|regulators?|cabinet|[Cc]hancellor|[Ss]ecretary|state|nation|partners?|part"
)
_HEAD = re.compile(rf"(?:['’]s)?[ -]{_BETWEEN}(?:(?P<private>(?i:{_PRIVATE}))|(?P<public>{_PUBLIC}))\b")
_HEAD_EAST = re.compile(
    r"[^，。、；：“《(（与和同向在将已了\s]{0,14}?(?:(?P<private>公司|企业|集团|工坊|厂商|企業|会社|提供商|运营商|制造商|大学|研究所|学院|研究人员|专家|学者|科学家|メーカー)"
    r"|(?P<public>政府|国家航天局|航天部门|总统|总理|外长|军方|大使|議会|大臣))"
)
_FIRM = re.compile(r" (?P<private>company|firm|start-?up)(?P<public>(?!))?\b")
"""A state whose name is its own adjective: "the New Zealand company"."""
_QUALIFIES = re.compile(
    r" (?!(?:and|or|to|will|has|have|had|is|are|was|were|would|could|should|may|might|must|can|cannot|in|on|at|for|with|from|by|of|as|but"
    r"|also|not|does|did|do|after|before|when|while|who|which|that|where|since|until|through|under|over|than|via|plus|because|if"
    r"|signs?|joins?|plans?|says?|agrees?|announces?|wants?|seeks?|launches|leads?|remains?|becomes?|intends?|welcomes?|affirms?"
    r"|reaffirms?|continues?|commits?|supports?|hopes?|backs?|offers?|takes?|made|makes?|gave|gives?|met|meets?|led|began|left|leaves"
    r"|withdraws|withdrew|won|agreed|today|now|space|civil|defen[cs]e|\w+ed)\b)[a-z]{3,}"
)
"""An abbreviation before a common noun describes it: "U.S. presence"; before a verb it acts: "U.S. joins"."""
_AND = re.compile(r"(?:, Europe)?,? (?:and|et|und|y|e|и) (?:the )?")
_BASED = re.compile(r"(?:[- ]based|['’]s)\b")
