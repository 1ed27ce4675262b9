"""The settings of the house as it was before the second wall: nobody tells the database whose eyes a request has."""

from bihuan.config.settings import *  # noqa: F403 - everything but the one entrance stays
from bihuan.config.settings import MIDDLEWARE as ALL

MIDDLEWARE = [one for one in ALL if one != "bihuan.people.scope.ScopeWall"]
