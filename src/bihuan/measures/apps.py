"""What the house shows of itself."""

from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "bihuan.measures"
    label = "measures"
    verbose_name = "报表"

    def ready(self) -> None:
        from bihuan.casework import figures  # noqa: PLC0415 - models are not loaded yet when this file is read

        from . import behind  # noqa: PLC0415

        figures.PROVIDERS.update(dict.fromkeys(behind.REPORTS, behind.behind))
