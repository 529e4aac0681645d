from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from spacepact.silence import Silence
from storage import Store


def test_a_silence_holds_until_its_end_or_until_it_is_expired(database: Engine, now: datetime) -> None:
    silences = Store(database).silences
    made = [
        Silence(id=i, match={"agencies": ["nasa"]}, author="Ana", reason="r", created=now, until=now + timedelta(hours=hours))
        for i, hours in (("a", 1), ("b", 9))
    ]
    for silence in made:
        silences.add(silence)
    assert silences.active(now) == made
    assert silences.active(now + timedelta(hours=1)) == made[1:]
    assert silences.expire("b", now + timedelta(hours=2))
    assert not silences.expire("b", now + timedelta(hours=3))
    assert not silences.expire("c", now)
    assert silences.active(now + timedelta(hours=2)) == []
    assert [s.id for s in silences.all()] == ["a", "b"]
    assert silences.all()[1].until == now + timedelta(hours=2)
