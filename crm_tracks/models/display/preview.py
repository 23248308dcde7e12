from odoo import fields, models
from odoo.tools import format_date

from ...tools.conditions import Sight, parse_condition
from ...tools.placeholders import fill_text
from ...tools.record_names import names_read


class TrackTemplate(models.Model):
    """What a preview shows of each task, for the dialogs and for other programs.

    The engine itself computes the tasks (``track.run._preview``). The texts contain
    only what the current user may read: other users, values and conditions are not
    named. The warnings are in ``preview_warnings.py``.
    """

    _inherit = "track.template"

    def _get_preview_rows(self, previews, records=None):
        """What a preview shows of each task of this template, in their order.

        :param previews: list of ``TaskPreview``; tasks without one are shown as left
            out
        :param records: the records of these previews; None without previews
        :return: list of dicts: ``id`` of the template's task, ``summary``, ``icon``,
            whether it is ``automated``, what it does then (``action``), whether it is
            ``left_out``, ``warnings``, a list of phrases, and what
            :meth:`_get_preview_options`, :meth:`_get_answer` and
            :meth:`_get_preview_values` return
        """
        self.ensure_one()
        with names_read(self.env, self.line_ids._get_named_records()):
            return self._get_named_rows(previews, records)

    def _get_named_rows(self, previews, records):
        """As :meth:`_get_preview_rows`, once the names of records are read."""
        by_line = {preview.line.id: preview for preview in previews}
        sight = Sight(records) if previews else None
        for preview in previews:
            if not preview.choice.user and preview.line._is_responsible_hidden(
                records, sight
            ):
                preview.assignees.clear()
        visible = self._get_visible_users(previews)
        warnings = self._get_preview_warnings(previews, visible, records, sight)
        values = previews[0].values if previews else {}
        rows = []
        for line in self.line_ids.sorted():
            is_automated = line._is_automated()
            row = {
                "id": line.id,
                "summary": fill_text(line._get_label(), values.get),
                "icon": line._get_icon() or "fa-tasks",
                "automated": is_automated,
                "action": line._get_action_text() if is_automated else "",
                **self._get_preview_options(line, values),
                "left_out": True,
                "date": False,
                "due": self.env._("Left out"),
                "moved": False,
                "waits": False,
                "earliest": "",
                "assignee": "",
                "user_id": False,
                "chosen": False,
                "warnings": [],
            }
            if preview := by_line.get(line.id):
                row |= self._get_preview_values(line, preview, visible)
                row["warnings"] = warnings[line.id]
                if row["condition"]:
                    row["condition"] |= self._get_answer(preview.condition, sight)
            rows.append(row)
        return rows

    def _get_preview_options(self, line, values):
        """The options of a task, for its preview.

        :param line: the ``track.line``, in the environment of the user
        :param dict values: of the placeholders, as of ``TaskPreview``
        :return: dict: ``condition``, False or a dict with its ``text``, and
            ``options``, a list of phrases for the others
        """
        condition = line._get_condition_text()
        texts = line._get_option_texts()
        return {
            "condition": bool(condition)
            and {"text": condition, "state": False, "now": ""},
            "options": [
                fill_text(text, values.get) for text in texts if text != condition
            ],
        }

    def _get_preview_values(self, line, preview, visible):
        """What a preview shows of a task that is not left out.

        :param line: the ``track.line``, in the environment of the user
        :param TaskPreview preview: of this task
        :param visible: the ``res.users`` that the user may read, in sudo
        :return: dict: ``date``, an ISO string where there is one due date, ``due`` in
            words, whether the user ``moved`` it, whether the task ``waits``, the
            ``earliest`` day of such a task in words, ``assignee`` in words, ``user_id``
            where that is one person, and whether it was ``chosen`` by the user
        """
        users = list(preview.assignees)
        shown = len(users) == 1 and users[0] in visible
        days = {day for day, _company in preview.dates}
        previous = preview.previous.with_env(self.env)
        return {
            "left_out": False,
            "date": fields.Date.to_string(*days) if len(days) == 1 else False,
            "due": fill_text(
                self._format_due(line, previous, days), preview.values.get
            ),
            "moved": bool(preview.choice.day),
            "waits": not days,
            "earliest": self._format_earliest(preview.earliest),
            "assignee": self._format_assignee(line, previous, preview, visible),
            "user_id": shown and users[0].id,
            "chosen": bool(preview.choice.user),
        }

    def _get_visible_users(self, previews):
        """The assignees whom the current user may read, in sudo."""
        users = self.env["res.users"].union(
            *(
                user.sudo(False)
                for preview in previews
                for user in (
                    *preview.assignees,
                    *filter(None, preview.away),
                    preview.line.responsible_id,
                )
            )
        )
        return users._filtered_access("read").sudo()

    def _format_due(self, line, previous, days):
        """The due date of a task, or the task that it waits for."""
        if not days:
            return line._get_delay_text(previous)
        return self._format_days(days)

    def _format_earliest(self, days):
        """The earliest due date of a task that waits; empty if it is not known."""
        if not days:
            return ""
        return self.env._("%s at the earliest", self._format_days(days))

    def _format_days(self, days):
        """One day; or several, as companies differ in days off and time zones."""
        first, last = min(days), max(days)
        if first == last:
            return self._format_day(first)
        return self.env._(
            "%(first)s to %(last)s",
            first=self._format_day(first),
            last=self._format_day(last),
        )

    def _format_day(self, day):
        weekday = format_date(self.env, day, date_format="EEE")
        return f"{weekday} {format_date(self.env, day)}"

    def _format_assignee(self, line, previous, preview, visible):
        """The name of the assignee, or a description of several."""
        is_owner = preview.assignees and preview.of_owner
        users = list(preview.assignees or preview.line.responsible_id)
        is_unknown = not users or (
            not users[0] and line.responsible_type in line._FOUND_LATE
        )
        if line._is_automated() or is_unknown:
            words = line._get_responsible_text(previous)
            return words[:1].upper() + words[1:]
        if len(users) > 1:
            return (
                self.env._("Each record's owner")
                if is_owner
                else self.env._("Several users")
            )
        [user] = users
        if not user:
            return self.env._("Unassigned")
        if user not in visible:
            return self.env._("A user you cannot access")
        if is_owner:
            return self.env._("%s (owner)", user.name)
        if len(preview.away) == 1 and preview.away <= set(visible):
            return user._tracks_format_stand_in(*preview.away)
        return user.name

    # ------------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------------

    def _get_answer(self, condition, sight):
        """Whether records meet a condition at present, as far as the user may know.

        :param ConditionPreview condition: of a task
        :param Sight sight: which answers the user may know
        :return: dict: ``state`` (``met``, ``not_met``, ``partly``, ``hidden``,
            ``broken``; False without records) and ``now``, the state in words
        """
        state = self._get_condition_state(condition, sight)
        texts = {
            "met": self.env._("Met now"),
            "not_met": self.env._("Not met now"),
            "partly": self.env._(
                "Met now on %(met)s of %(all)s records",
                met=condition.count_met(),
                all=len(condition.answers),
            ),
            "hidden": self.env._("You do not have access to its values"),
            "broken": self.env._("It can no longer be evaluated"),
        }
        return {"state": state, "now": texts.get(state, "")}

    def _get_condition_state(self, condition, sight):
        """As :meth:`_get_answer`: the state alone."""
        if not condition or not condition.answers:
            return False
        if condition.is_broken():
            return "broken"
        if not sight.may_read(parse_condition(condition.text)):
            return "hidden"
        met = condition.count_met()
        if met == len(condition.answers):
            return "met"
        return "partly" if met else "not_met"
