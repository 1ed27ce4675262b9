"""Rights rows of the author's desk. The cast's procedure is owned by a post of a branch, so nobody here drafts it."""

from __future__ import annotations

from .table import page

KIND = "/procedures/<slug:kind>/"
DRAFT = f"{KIND}draft/"
# whoever acts in the procedure reads it and says so; leader, auditor and who has no post do not act in it
READS_IT = dict.fromkeys(("qian", "wu", "outsider"), 403)

ROWS: dict[tuple[str, str], dict[str, int]] = {
    # the cover of the cast's pack names nobody, so that nobody signs it
    ("GET", "/procedures/pack/text/"): page(200),
    ("POST", "/procedures/pack/text/sign/"): page(422),
    ("GET", "/procedures/draft/"): page(200),
    # no kind is named
    ("POST", "/procedures/draft/"): page(422),
    **{
        (method, f"{DRAFT}{tail}"): page(403)
        for tail in (
            "", "start/", "check/", "drop/", "reading/", "changes/", "rehearsal/", "revisions/",
            "revisions/<int:number>/", "examples/", "examples/<str:file>/", "examples/<str:file>/check/",
            "examples/<str:file>/remove/", "examples/<str:file>/discard/",
            "review/", "send/", "sign/", "return/",
        )
        for method in ("GET", "POST")
    },
    ("GET", f"{KIND}moving/"): page(403),
    ("POST", f"{KIND}moving/"): page(403),
    ("GET", f"{KIND}coming/"): page(200, **READS_IT),
    ("GET", f"{KIND}readers/"): page(200, **READS_IT),
    ("POST", f"{KIND}readers/"): page(302, **READS_IT),
}  # fmt: skip
