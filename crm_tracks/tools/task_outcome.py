from typing import NamedTuple


class TaskOutcome(NamedTuple):
    """A way in which a task can end: “No answer: again in 2 days”.

    :ivar str name: of the outcome, unique in its task
    :ivar str effect: ``next``, ``again``, ``goto`` or ``end``
    :ivar int delay_count: when a repeated task is due, after the day of completion
    :ivar str delay_unit: of that delay
    :ivar int again_max: how often the task can be repeated
    :ivar int target: the id of the task to go to, of the same template or track; False
        if there is none
    """

    name: str
    effect: str
    delay_count: int
    delay_unit: str
    again_max: int
    target: int | bool
