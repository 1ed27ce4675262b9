"""Every way this register says no; after any of them nothing has changed.

DocumentRefusal         everything below, with words in both languages and a code
├── PackFaulty          the pack has faults: ``faults`` lists them all with file, line and clause
├── NumberTaken         a document of another pack or kind already carries this number
├── NotIssuable         a copy without holder, distribution number, valid effective date or three signatures
├── CopyTaken           this distribution number is in somebody's hands already
├── NotSigner           the cover names somebody else, or nobody here, for this signature
├── NotSignable         signed already, out of turn, out of force, or the password is wrong
├── NotDrafter          somebody else's procedure: its owner's post drafts it
├── WrongDraft          something on the form cannot be so (a reason, a date, a kind)
├── DraftThere          a draft of this procedure is under way already
├── DraftMoved          somebody saved, sent or dropped it meanwhile
├── DraftFaulty         it cannot be sent: ``faults`` of the whole pack with it, or nothing is changed by it
├── VersionTaken        this number and version stand for another text
└── PackMoved           the pack it was sent with is no longer the one in force
"""

from __future__ import annotations

from typing import Any

from bihuan.procedure.definition import Text


class DocumentRefusal(Exception):
    code = "refused"

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.zh)
        self.words = words
        self.field = field


class PackFaulty(DocumentRefusal):
    code = "pack-faulty"

    def __init__(self, faults: tuple[Any, ...]) -> None:
        super().__init__(
            Text(f"程序包有 {len(faults)} 处错误，未生效", f"The pack has {len(faults)} faults and was not taken")
        )
        self.faults = faults


class NumberTaken(DocumentRefusal):
    code = "number-taken"


class NotIssuable(DocumentRefusal):
    code = "not-issuable"


class CopyTaken(DocumentRefusal):
    code = "copy-taken"


class NotSigner(DocumentRefusal):
    code = "not-signer"


class NotSignable(DocumentRefusal):
    code = "not-signable"


class NotDrafter(DocumentRefusal):
    code = "not-drafter"


class WrongDraft(DocumentRefusal):
    code = "wrong-draft"


class DraftThere(DocumentRefusal):
    code = "draft-there"


class DraftMoved(DocumentRefusal):
    code = "draft-moved"


class DraftFaulty(DocumentRefusal):
    code = "draft-faulty"

    def __init__(self, words: Text, faults: tuple[Any, ...] = ()) -> None:
        super().__init__(words)
        self.faults = faults


class VersionTaken(DocumentRefusal):
    code = "version-taken"


class PackMoved(DocumentRefusal):
    code = "pack-moved"
