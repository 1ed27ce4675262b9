"""What a read procedure is: plain frozen data, one noun per class.

Reading makes it, checking judges it, the engine runs it. Nothing here computes.
Every entry carries its ``origin`` so that a refusal, a letter or a deadline can name its clause.
"""

from .acting import Act, Addition, Child, Effect, Letter, Needs, Opening, Way, Who
from .asking import Choice, Field, FieldKind, Form, Keep, KeepTerm, Lines
from .conditions import Condition, Operator, Test
from .printing import Section, Sheet
from .promising import Deadline, Duty, Every, Pause, Rung, Target, Wait, Warn, Within
from .whole import Clause, Definition, Hours, Ladders, Pack, Post, Stage, Step
from .words import Argument, Origin, Text, Time, Unit

__all__ = [
    "Act",
    "Addition",
    "Argument",
    "Child",
    "Choice",
    "Clause",
    "Condition",
    "Deadline",
    "Definition",
    "Duty",
    "Effect",
    "Every",
    "Field",
    "FieldKind",
    "Form",
    "Hours",
    "Keep",
    "KeepTerm",
    "Ladders",
    "Letter",
    "Lines",
    "Needs",
    "Opening",
    "Operator",
    "Origin",
    "Pack",
    "Pause",
    "Post",
    "Rung",
    "Section",
    "Sheet",
    "Stage",
    "Step",
    "Target",
    "Test",
    "Text",
    "Time",
    "Unit",
    "Wait",
    "Warn",
    "Way",
    "Who",
    "Within",
]
