"""Every way this room says no. After any of them nothing was kept.

FileRefusal
├── TooLarge      413: larger than its kind may be
├── Missing       422: no file came along
├── WrongKind     422: no kind of file that is taken, or not what it claims to be
├── Harmful       422: the scanner named it
├── NotAnnounced  422: a recording without what has to be said of it here
├── HeldBack      403: a recording that waits for it
└── NoSuchFile    404: no such file within one's sight
"""

from __future__ import annotations

from bihuan.procedure.definition import Text


class FileRefusal(Exception):
    code = "file"
    status = 422
    words = Text("文件未被接受", "The file was not taken")

    def __init__(self, words: Text | None = None) -> None:
        self.words = words or type(self).words
        super().__init__(self.words.zh)


class TooLarge(FileRefusal):
    code = "too-large"
    status = 413
    words = Text("文件太大", "The file is too large")


class Missing(FileRefusal):
    code = "missing"
    words = Text("没有收到文件（字段 file）", "No file came along (field “file”)")


class WrongKind(FileRefusal):
    code = "wrong-kind"
    words = Text(
        "不能接受这种文件：请用 JPEG、PNG、WebP 图片，PDF、XLSX、DOCX、TXT、CSV，或 MP4、M4A、MP3",
        "This kind of file is not taken: use JPEG, PNG or WebP pictures, PDF, XLSX, DOCX, TXT, CSV, or MP4, M4A, MP3",
    )


class Harmful(FileRefusal):
    code = "harmful"
    words = Text("查毒程序认为此文件有害，没有保存", "The virus scanner takes this file for harmful; it was not kept")


class NotAnnounced(FileRefusal):
    code = "recording-not-announced"
    words = Text(
        "没有保存：本单位只收已告知并征得本人同意的录音，请说明（个人信息保护法 13、17 条）",
        "Not kept: only recordings whose speaker was told and agreed are taken here; say so (PIPL 13 and 17)",
    )


class HeldBack(FileRefusal):
    code = "recording-held-back"
    status = 403
    words = Text(
        "这段录音暂不放出：还没有说明已告知并征得本人同意（个人信息保护法 13、17 条）",
        "This recording is held back: nobody has said that its speaker was told and agreed (PIPL 13 and 17)",
    )


class NoSuchFile(FileRefusal):
    code = "not-found"
    status = 404
    words = Text("没有这个文件，或不在您的范围内", "There is no such file within your scope")
