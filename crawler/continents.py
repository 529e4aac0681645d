"""Which continent a country belongs to (UN M49; EU and UN for the bodies of all)."""

from __future__ import annotations

CONTINENTS = {
    "Africa": "DZ AO BJ BW BF BI CM CV CF TD KM CD CG CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR MU MA MZ NA NE NG RW ST "
    "SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW",
    "Asia": "AF AM AZ BH BD BT BN KH CN CY GE HK IN ID IR IQ IL JP JO KZ KW KG LA LB MO MY MV MN MM NP KP OM PK PS PH QA SA SG KR LK SY TW "
    "TJ TH TL TR TM AE UZ VN YE",
    "Europe": "EU AL AD AT BY BE BA BG HR CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT MD MC ME NL MK NO PL PT RO RU SM RS SK SI ES SE "
    "CH UA GB VA XK",
    "North America": "AG BS BB BZ CA CR CU DM DO SV GD GT HT HN JM MX NI PA KN LC VC TT US",
    "Oceania": "AU FJ KI MH FM NR NZ PW PG WS SB TO TV VU",
    "South America": "AR BO BR CL CO EC GY PY PE SR UY VE",
    "World": "UN",
}
_OF = {country: continent for continent, countries in CONTINENTS.items() for country in countries.split()}


def continent(country: str) -> str:
    """Return a country's continent; what is on none belongs to the world."""
    return _OF.get(country, "World")
