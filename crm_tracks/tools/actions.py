"""What an automated task can do: its actions."""

from typing import NamedTuple


class Action(NamedTuple):
    """One action of an automated task, as ``track.task.mixin._get_actions`` lists it.

    :ivar str icon: Font Awesome's name of its sign
    :ivar str target: the field of the task that names the record which the action
        needs (a template, a team); None where it needs none
    :ivar str target_model: the field of that record which names the model it is made
        for; None where it is for any
    :ivar tuple fields: what else of the task's fields says what it does
    :ivar bool needs_one_model: whether its template must be for exactly one model
    """

    icon: str
    target: str | None = None
    target_model: str | None = None
    fields: tuple = ()
    needs_one_model: bool = False

    def get_fields(self):
        """The fields that say what a task does: a track copies them from its template,
        a template from a track, and tasks that agree in all of them do the same.

        :return: tuple of field names
        """
        return (self.target, *self.fields) if self.target else self.fields
