"""States, transitions and guards as a table. Pure Python: refuses with a reason, draws itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word

Tone = Literal["idle", "go", "wait", "done", "over"]


class TransitionRefusedError(Exception):
    """The transition cannot be made now. `reason` is for the person who tried."""

    def __init__(self, reason: str, code: str = "refused") -> None:
        """`code`: unknown, wrong_state, note_required, or the guard's name."""
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass(frozen=True)
class DutySpec:
    """Who must act when a state is entered, and until when.

    `holder` names a key of the subject's `duty_holders()`; `working_days` None = no deadline;
    `escalate_to` is the role told when it is overdue. `lapse` is the transition the nightly task makes
    `lapse_days` working days after opening (None: as soon as it is overdue). `due_field`: the attribute of the subject
    that holds the day it is due, where the record says it and no count of working days does.
    """

    key: str
    label: str
    holder: str
    working_days: int | None
    basis: str = ""
    escalate_to: str = ""
    lapse: str = ""
    lapse_days: int | None = None
    label_en: str = ""
    due_field: str = ""


@dataclass(frozen=True)
class State:
    """One state: its word, tone (icon and colour), and the duty it opens."""

    label: str
    label_en: str
    tone: Tone = "idle"
    duty: DutySpec | None = None
    final: bool = False


@dataclass(frozen=True)
class Guard:
    """A named condition; `check(subject, data)` returns the reason to refuse, or None."""

    name: str
    check: Callable[[Any, dict[str, Any]], str | None] = field(compare=False)


@dataclass(frozen=True)
class Transition:
    """An arrow of the table. `permission` is checked on the subject before the guards."""

    label: str
    label_en: str
    source: tuple[str, ...]
    target: str
    permission: str
    guards: tuple[Guard, ...] = ()
    note_required: bool = False
    done_label: str = ""
    tone: Tone = "go"
    done_label_en: str = ""


@dataclass(frozen=True)
class Workflow:
    """A named table; checked when it is built.

    Raises ValueError for unknown states, unreachable states, or a state that is neither final nor left
    by any transition (a dead end).
    """

    key: str
    label: str
    initial: str
    states: dict[str, State]
    transitions: dict[str, Transition]
    label_en: str = ""

    def __post_init__(self) -> None:
        """Check the table."""
        problems = self.problems()
        if problems:
            msg = f"workflow {self.key}: {'; '.join(problems)}"
            raise ValueError(msg)

    def problems(self) -> list[str]:
        """Unknown, unreachable and dead-end states; unknown lapse transitions."""
        found = []
        named = {s for t in self.transitions.values() for s in (*t.source, t.target)} | {self.initial}
        found += [f"unknown state {s}" for s in sorted(named - set(self.states))]
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            here = frontier.pop()
            for t in self.transitions.values():
                if here in t.source and t.target not in reached:
                    reached.add(t.target)
                    frontier.append(t.target)
        found += [f"unreachable state {s}" for s in sorted(set(self.states) - reached)]
        left = {s for t in self.transitions.values() for s in t.source}
        for key, state in self.states.items():
            if not state.final and key not in left:
                found.append(f"dead end {key}")
            lapse = state.duty.lapse if state.duty else ""
            if lapse and key not in (self.transitions[lapse].source if lapse in self.transitions else ()):
                found.append(f"duty of {key} lapses by {lapse}, which does not leave it")
        return found

    def leaving(self, state: str) -> list[tuple[str, Transition]]:
        """The transitions that leave a state, in table order."""
        return [(key, t) for key, t in self.transitions.items() if state in t.source]

    def check(self, subject: Any, key: str, note: str, data: dict[str, Any]) -> Transition:
        """The transition, if the table and its guards allow it now; else TransitionRefusedError."""
        transition = self.transitions.get(key)
        if transition is None:
            raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": key}, "unknown")
        if subject.state not in transition.source:
            names = {"state": word(self.states[subject.state]), "step": word(transition)}
            reason = _("现在是“%(state)s”，不能“%(step)s”。可能别人刚刚已经办理。") % names
            raise TransitionRefusedError(reason, "wrong_state")
        if transition.note_required and not note.strip():
            raise TransitionRefusedError(_("“%(step)s”必须写明理由") % {"step": word(transition)}, "note_required")
        for guard in transition.guards:
            hindrance = guard.check(subject, data)
            if hindrance:
                raise TransitionRefusedError(hindrance, guard.name)
        return transition

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {key}: {state.label}" for key, state in self.states.items()]
        lines += [f"    {source} --> {t.target}: {t.label}" for t in self.transitions.values() for source in t.source]
        lines += [f"    {key} --> [*]" for key, state in self.states.items() if state.final]
        return "\n".join(lines) + "\n"
