"""The catalogue of exceptions: what is worth a second look, each a named query with its definition in words."""

from .base import MOST, Catalogued, Found, Period
from .on_cases import CATALOGUE as ON_CASES
from .on_money import CATALOGUE as ON_MONEY
from .on_people import CATALOGUE as ON_PEOPLE

CATALOGUE: tuple[Catalogued, ...] = (*ON_CASES, *ON_MONEY, *ON_PEOPLE)
BY_NAME = {one.name: one for one in CATALOGUE}

__all__ = ["BY_NAME", "CATALOGUE", "MOST", "Catalogued", "Found", "Period"]
