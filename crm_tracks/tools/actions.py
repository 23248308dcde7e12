"""The actions of automated tasks."""

from typing import NamedTuple


class Action(NamedTuple):
    """One action of an automated task, as ``track.task.mixin._get_actions`` lists it.

    :ivar str icon: the Font Awesome name of its icon
    :ivar str target: the field of the task with the record that the action needs (a
        template, a team); None if it needs none
    :ivar str target_model: the field of that record with the name of its model; None
        if it applies to any model
    :ivar tuple fields: further fields of the task that define the action
    :ivar bool needs_one_model: whether its template must be for exactly one model
    :ivar bool expires: whether it can be too late to run it automatically
    """

    icon: str
    target: str | None = None
    target_model: str | None = None
    fields: tuple = ()
    needs_one_model: bool = False
    expires: bool = True

    def get_fields(self):
        """The fields that define the action. Tracks copy them from templates and vice
        versa, and tasks that agree in all of them do the same.

        :return: tuple of field names
        """
        return (self.target, *self.fields) if self.target else self.fields
