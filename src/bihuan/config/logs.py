"""The log: one JSON object a line, with the traceback of what was not foreseen and without personal data."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime

import msgspec

KNOWN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "request", "taskName"}


class JsonLines(logging.Formatter):
    """``at level logger words`` and whatever was given as ``extra``; frames of a traceback without their values."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "words": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in KNOWN},
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return msgspec.json.encode(line, enc_hook=str).decode()
