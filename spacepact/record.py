"""One cooperation followed over time: the stories and stages that it went through."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from spacepact.cooperation import Party, Stage
from spacepact.noun import Noun
from spacepact.story import Story


class Record(Noun):
    """The stories of one cooperation, in the order in which they were first seen."""

    id: str
    stories: tuple[Story, ...]

    @property
    def parties(self) -> tuple[Party, ...]:
        """Everybody who took part, each once, as first named."""
        named: dict[str, Party] = {}
        for story in self.stories:
            for party in story.cooperation.parties:
                named.setdefault(party.id, party)
        return tuple(named.values())

    @property
    def missions(self) -> tuple[str, ...]:
        """The missions that it is about, each once."""
        return tuple(dict.fromkeys(mission for story in self.stories for mission in story.cooperation.missions))

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries that take part, each once."""
        return tuple(sorted({code for story in self.stories for code in story.cooperation.countries}))

    @property
    def steps(self) -> tuple[Story, ...]:
        """Its stories in the order in which they were reported."""
        return tuple(sorted(self.stories, key=lambda story: (story.reported, story.id)))

    @property
    def stage(self) -> Stage:
        """The stage that was reported last."""
        return self.steps[-1].cooperation.stage

    @property
    def since(self) -> datetime:
        """When it was first reported."""
        return self.steps[0].reported


class Wanted(NamedTuple):
    """Which records somebody looks for; what is empty asks nothing."""

    agency: str = ""
    country: str = ""
    mission: str = ""
    stage: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """What one story of the record must be found by."""
        return (*((_id(self.agency),) if self.agency else ()), *((f"country:{self.country.strip().upper()}",) if self.country else ()))

    def holds(self, record: Record) -> bool:
        """Say whether a record is about the mission and stands at the stage."""
        about = not self.mission or _id(self.mission) in record.missions
        return about and (not self.stage or record.stage == self.stage)


ANYTHING = Wanted()


def _id(text: str) -> str:
    """Return an id as the gazetteer spells it: JAXA is jaxa, Lunar Gateway lunar-gateway."""
    return "-".join(text.casefold().split())
