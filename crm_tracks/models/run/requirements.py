from contextlib import contextmanager
from typing import NamedTuple

from odoo import models
from odoo.exceptions import MissingError, UserError

from ...tools.field_values import is_filled_in
from ...tools.states import UNFINISHED
from ...tools.transaction import block_ids, block_value, get_block_value

_BY_CODE = "crm_tracks.completed_by_code"
_MET = "crm_tracks.requirements_met"


class Missing(NamedTuple):
    """What a task needs before users can complete it."""

    note: bool
    fields: list  # the names of the record's fields that are empty


def is_note(text):
    """Whether this is feedback, and not only spaces, or another value of a call."""
    return isinstance(text, str) and bool(text.strip())


class TrackRunLine(models.Model):
    """Whether a task may be completed: what it requires must be there.

    All that completes a task passes :meth:`_meeting_requirements`, which decides:

    ========================  ======================================================
    a user, by any door       refused, with what is missing; also a context key or a
                              call from another program changes nothing
    code in sudo, and         counts, with a note in the chatter of what was missing:
    ``activity_feedback``     this is how Odoo and other addons complete activities,
                              for example after an approval
    ========================  ======================================================

    Skipping, cancelling, closing the record and leaving complete nothing, so they ask
    for nothing. The requirements are defined in ``template/task_requirements.py``.
    """

    _inherit = "track.run.line"

    @contextmanager
    def _meeting_requirements(self, feedback=False, completed=None):
        """Complete these tasks within the block, after a check of what they require.

        An inner block does not check the tasks of an outer one again.

        :param str feedback: with which they are completed, if any
        :param completed: the records that the user writes to complete them, if these
            are not the tasks; nothing is said of a task to those who may not
        :raise AccessError: when the user may not complete one of them
        :raise UserError: when a user completes them, and one lacks what it requires
        """
        with block_ids(self.env, _MET, self.ids) as ids:
            # in the order of the caller, as the refusal names them
            unchecked = self.browse([id_ for id_ in self.ids if id_ in ids])
            missing = unchecked._get_missing(feedback)
            if missing:
                if self.env.su or get_block_value(self.env, _BY_CODE):
                    self._log_missing(missing)
                else:
                    (self if completed is None else completed).check_access("write")
                    raise UserError(self._get_missing_text(missing))
            yield

    def _get_missing(self, feedback=False):
        """What these unfinished tasks need before users can complete them.

        Tasks that require nothing cost no query, beyond reading the tasks.

        :param str feedback: the feedback of the user, if there is any; else the one
            that the activity already has counts
        :return: dict of :class:`Missing` by task (in sudo), without those that lack
            nothing
        """
        # sudo: those who complete a task need not see its record
        tasks = self.sudo().filtered(
            lambda task: (
                (task.require_feedback or task.required_fields)
                and task.state in UNFINISHED
            )
        )
        empty = tasks._get_empty_fields() if tasks else {}
        found = {
            task: Missing(task._lacks_note(feedback), empty.get(task, []))
            for task in tasks
        }
        return {task: missing for task, missing in found.items() if any(missing)}

    def _lacks_note(self, feedback):
        self.ensure_one()
        return self.require_feedback and not (
            is_note(feedback) or is_note(self.activity_ids.feedback)
        )

    def _get_empty_fields(self):
        """The required fields of these tasks, in sudo, that are empty on their record.

        Fields and records that no longer exist are required of nobody.

        :return: dict, list of field names by task
        """
        empty = {}
        # without the context of the caller, which could change values
        env = self.env(context={})
        for (model, company), tasks in self.grouped(
            lambda task: (task.res_model, task.company_id)
        ).items():
            if model not in self.env:
                continue
            ids = set(tasks.run_id.mapped("res_id"))
            records = env[model].with_company(company).browse(ids)
            by_id = {record.id: record for record in records}
            for task in tasks:
                record = by_id[task.run_id.res_id]
                try:
                    empty[task] = [
                        name
                        for name in task._get_required_fields()
                        if name in record._fields and not is_filled_in(record, name)
                    ]
                except MissingError:
                    continue
        return empty

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _get_missing_text(self, missing):
        """Say what these tasks need, one sentence for each, as the user may know it.

        :param dict missing: as of :meth:`_get_missing`
        :return: str
        """
        labels = self._get_missing_labels(missing)
        runs = {(task.res_model, task.run_id.res_id) for task in missing}
        readable = self._get_readable_records(missing)
        sentences = {}
        for task, (note, _names) in missing.items():
            values = {
                "task": task._get_label(),
                "missing": self._list_required(note, labels[task]),
                "record": task.res_name,
            }
            if len(runs) > 1 and task in readable:
                text = self.env._(
                    "“%(task)s” of %(record)s needs %(missing)s.", **values
                )
            else:
                text = self.env._("“%(task)s” needs %(missing)s.", **values)
            sentences[text] = True
        return "\n".join(sentences)

    def _get_readable_records(self, tasks):
        """The records of these tasks that the user may read.

        :param tasks: an iterable of ``track.run.line``, in sudo
        :return: dict, the record by task, without those that the user may not read
        """
        ids = {}
        for task in tasks:
            ids.setdefault(task.res_model, set()).add(task.run_id.res_id)
        readable = {
            (model, record.id): record
            for model, of_model in ids.items()
            if model in self.env
            for record in self.env[model]
            .sudo(False)
            .browse(of_model)
            .exists()
            ._filtered_access("read")
        }
        keys = {task: (task.res_model, task.run_id.res_id) for task in tasks}
        return {task: readable[key] for task, key in keys.items() if key in readable}

    def _get_missing_labels(self, missing):
        """The labels of the fields that tasks lack, as the user may know them.

        :param dict missing: as of :meth:`_get_missing`
        :return: dict, list of str by task
        """
        lacking = [task for task in missing if missing[task].fields]
        readable = self._get_readable_records(lacking) if lacking else {}
        hidden = self.env._("fields with restricted access")
        return {
            task: self._get_field_labels(readable[task].browse(), names)
            if task in readable
            else [hidden] * bool(names)
            for task, (_note, names) in missing.items()
        }

    def _log_missing(self, missing):
        """Log what was missing when these tasks were completed by code.

        :param dict missing: as of :meth:`_get_missing`
        """
        texts = {}
        for task, (note, names) in missing.items():
            # in sudo: the note is for all readers of the record
            labels = self._get_field_labels(self.env[task.res_model].sudo(), names)
            texts.setdefault(task.run_id, []).append(
                self.env._(
                    "“%(task)s” was completed automatically without %(missing)s.",
                    task=task._get_label(),
                    missing=self._list_required(note, labels),
                )
            )
        self.env["track.run"].sudo().browse([run.id for run in texts])._log(texts)

    # ------------------------------------------------------------------
    # For the interface
    # ------------------------------------------------------------------

    def _get_completions(self):
        """What the interface asks for when the user completes each of these tasks.

        :return: dict by task of dicts: ``outcomes``, as of
            :meth:`_get_outcome_choices`; ``needs_feedback``, whether the user has to
            enter feedback; and ``missing``, the labels of the required fields that are
            empty
        """
        missing = self._get_missing()
        labels = self._get_missing_labels(missing) if missing else {}
        nothing = Missing(False, [])
        return {
            task: {
                "outcomes": task._get_outcome_choices(),
                "needs_feedback": missing.get(task, nothing).note,
                "missing": labels.get(task, []),
            }
            for task in self
        }


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _tracks_meeting_requirements(self, feedback):
        """As ``track.run.line._meeting_requirements``, for the tasks of activities."""
        # sudo: users cannot read which task an activity has
        tasks = self.sudo().track_run_line_id.sudo(self.env.su)
        return tasks._meeting_requirements(feedback, completed=self)


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def activity_feedback(self, *args, **kwargs):
        # called by code, for example when a request was approved; users complete the
        # activities themselves
        with block_value(self.env, _BY_CODE, True):
            return super().activity_feedback(*args, **kwargs)
