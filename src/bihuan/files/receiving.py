"""A body larger than anything we take is not read to its end; a file larger than its limit is passed over and named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

MEBIBYTE = 1024 * 1024
MOST_AT_ONCE = 6


class Capped(FileUploadHandler):
    """First of the handlers: counts. The names of the fields passed over stand in ``request.passed_over``."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name for it
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        if content_length > self.limit() * MOST_AT_ONCE:
            raise RequestDataTooBig("the body is larger than all files together may be")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > self.limit():
            over = getattr(self.request, "passed_over", [])
            self.request.passed_over = [*over, self.field_name]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    @staticmethod
    def limit() -> int:
        """The largest limit of any kind, in bytes."""
        return max(settings.FILES[name] for name in ("picture", "document", "text", "recording")) * MEBIBYTE
