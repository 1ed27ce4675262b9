"""What goes wrong below the procedures is said in both languages, like every refusal above."""

from __future__ import annotations


class Trouble(Exception):
    """The floor cannot do what was asked; ``zh`` and ``en`` say what and the way out."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return f"{self.zh}\n{self.en}"
