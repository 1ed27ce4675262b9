"""``/health/live``: the process answers. ``/health/ready``: the database answers with the tables of this version."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from .shortage import short

_seen: set[str] = set()


def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> HttpResponse:
    """503 while the database is away or its tables are older than the program; ``room`` says whether acts go on."""
    try:
        answered = _tables_stand()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    if not answered:
        return JsonResponse({"ready": False, "database": True, "tables": False}, status=503)
    return JsonResponse({"ready": True, "database": True, "tables": True, "room": not short()})


def _tables_stand() -> bool:
    """Whether every migration was applied; once true it is not asked again by this process."""
    if "tables" in _seen:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    _seen.add("tables")
    return True


urlpatterns = [path("live", live), path("ready", ready)]
