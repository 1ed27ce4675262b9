"""``/ui/``: every component with its example, in the language, theme and density the address names."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from . import context
from .samples import samples

LANGUAGES = {"zh": "zh-hans", "en": "en"}
THEMES = ("light", "dark")
DENSITIES = ("compact", "standard", "roomy")


@login_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Choices that are not known are left out: ``/ui/?language=en&theme=dark&density=compact``."""
    asked = request.GET
    with translation.override(LANGUAGES.get(asked.get("language", ""), translation.get_language())):
        frame = context.frame(request)["frame"]
        if asked.get("theme") in THEMES:
            frame["theme"] = asked["theme"]
        if asked.get("density") in DENSITIES:
            frame["density"] = asked["density"]
        choices = [
            (f"?language={language}&theme={theme}&density={density}", f"{language} · {theme} · {density}")
            for language in LANGUAGES
            for theme in THEMES
            for density in DENSITIES
        ]
        shown = {"frame": frame, "choices": choices, **samples(timezone.now())}
        return render(request, "layout/ui.html", shown)


@login_required
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """What the sample of ``c-combobox`` finds: three made-up devices, by any part of their number."""
    words = request.GET.get("q", "").strip().lower()
    known = [(f"SN-{number}", f"TY-{number}00") for number in (1, 2, 3)]
    fitting = [one for one in known if words in one[0].lower()]
    return render(request, "layout/ui_found.html", {"found": fitting})
