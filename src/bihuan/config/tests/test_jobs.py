"""Jobs of workers that died: given back to whoever comes next, and never in each other's way."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.db import connection

from bihuan.config import jobs

TAKEN = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock, queueing_lock, worker_id)
VALUES ('default', %s, '{"timestamp": 0}', 'doing', %s, %s, %s) RETURNING id"""
DEAD = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id"
WAITING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, lock, queueing_lock)
VALUES ('default', %s, '{"timestamp": 5}', 'todo', %s, %s) RETURNING id"""


def one(sentence: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sentence, values)
        return cursor.fetchone()[0]


def stands(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()[0]


def test_a_dead_workers_job_waits_again(db: None) -> None:
    taken = one(TAKEN, "deliver", "deliver", "deliver", one(DEAD))
    async_to_sync(jobs.tidy.func)(0)
    assert stands(taken) == "todo"


def test_a_dead_workers_job_whose_successor_waits_gives_up_its_lock_and_nobody_behind_it_is_forgotten(
    transactional_db: None,
) -> None:
    dead = one(DEAD)
    taken, other = one(TAKEN, "deliver", "deliver", "deliver", dead), one(TAKEN, "sweep", None, "sweep", dead)
    successor = one(WAITING, "deliver", "deliver", "deliver")
    async_to_sync(jobs.tidy.func)(0)
    assert [stands(job) for job in (taken, other, successor)] == ["failed", "todo", "todo"]
