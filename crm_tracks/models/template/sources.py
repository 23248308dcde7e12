from odoo import Command, api, models
from odoo.fields import Domain

from ...tools.notification import notify
from ...tools.words import quote


class TrackTemplate(models.Model):
    """The sources of templates: the starter library, a track (``run``), or an activity
    plan."""

    _inherit = "track.template"

    def action_open_library(self):
        """Open the dialog that creates templates from the starter library, or from
        Odoo's activity plans.

        Called without a template, by the button of the list.
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("From the Library"),
            "res_model": "track.library",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _get_free_name(self, name, company):
        """A name for a new template that no other template has.

        :param str name: the preferred name
        :param company: the ``res.company`` of the template, empty for all of them
        :return: str; the name of a copy if the preferred name is used already
        """
        domain = Domain("company_id", "in", [company.id, False]) if company else []
        taken = set(self.with_context(active_test=False).search(domain).mapped("name"))
        while name in taken:
            name = self.env._("%s (copy)", name)
        return name

    def _get_opening_action(self, lost=()):
        """Open these templates: a single one in its form, several in a list.

        :param lost: sentences about what was not copied, shown in a notification first
        :return: an action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_template_action"
        )
        if len(self) == 1:
            action.update(views=[(False, "form")], res_id=self.id)
        else:
            # beside the list of all templates in the breadcrumbs
            action["name"] = self.env._("Created Templates")
            action["domain"] = [("id", "in", self.ids)]
        if not lost:
            return action
        return notify("warning", "\n".join(lost), next_action=action)


class MailActivityPlan(models.Model):
    """An activity plan of Odoo, from which a template can be created.

    The tasks of a plan are due before or after one date. A template counts in one
    direction: back from that date if all tasks are due before it, else forwards. Tasks
    that would be due before the start are due on the start date instead.
    """

    _inherit = "mail.activity.plan"

    def action_make_track_template(self):
        """Create a track template from this plan, and open it.

        A template that was created before is opened if it is unchanged.

        :return: an action, which first says what was not copied
        :raise AccessError: when the user may not read the plan, or is no Tracks
            administrator
        """
        self.ensure_one()
        self.check_access("read")
        template, lost = self.env["track.template"]._make_of_plans(self)
        return template._get_opening_action(lost)

    def _get_track_direction(self):
        """Which way a template of this plan counts.

        :return: (``start`` or ``end``, the ``mail.activity.plan.template`` that are due
            on the other side of the plan's date)
        """
        self.ensure_one()
        # a task that is due on the date itself fits both directions
        distant = self.template_ids.filtered("delay_count")
        before = distant.filtered(lambda task: task.delay_from == "before_plan_date")
        if before and before == distant:
            return "end", self.env["mail.activity.plan.template"]
        return "start", before

    def _get_lost(self):
        """Describe what a template of this plan cannot copy.

        :return: str, or False if it can copy everything
        """
        sentences = (self._get_lost_dates(), self._get_lost_assignees())
        return " ".join(filter(None, sentences)) or False

    def _get_lost_assignees(self):
        """:return: str about tasks whose assignee a track does not have, or False"""
        lost = self.template_ids.sorted().filtered(
            lambda task: (
                self._prepare_track_responsible_vals(task)["responsible_type"]
                == "owner"
            )
        )
        if not lost:
            return False
        return self.env._(
            "The record owner is responsible, because a track cannot take over the "
            "assignee: %s.",
            self._quote_tasks(lost),
        )

    def _quote_tasks(self, tasks):
        return ", ".join(
            quote(self.env, task.summary or task.activity_type_id.name)
            for task in tasks
        )

    def _get_lost_dates(self):
        """:return: str about tasks that count in the other direction, or False"""
        before = self._get_track_direction()[1]
        if not before:
            return False
        names = self._quote_tasks(before)
        if len(before) == 1:
            return self.env._(
                "“%(plan)s” has tasks before and after its date, but a track counts in "
                "one direction. This task is due on the date itself: %(task)s.",
                plan=self.name,
                task=names,
            )
        return self.env._(
            "“%(plan)s” has tasks before and after its date, but a track counts in one "
            "direction. These tasks are due on the date itself: %(tasks)s.",
            plan=self.name,
            tasks=names,
        )

    def _prepare_track_template_vals(self):
        direction, before = self._get_track_direction()
        return {
            "name": self.name,
            "direction": direction,
            "company_id": self.company_id.id,
            "res_model_ids": [Command.link(self.sudo().res_model_id.id)],
            "line_ids": [
                Command.create(
                    {
                        "sequence": 10 * number,
                        **self._prepare_track_texts(task),
                        "activity_type_id": task.activity_type_id.id,
                        "delay_count": 0 if task in before else task.delay_count,
                        "delay_unit": task.delay_unit,
                        "delay_from": direction,
                        **self._prepare_track_responsible_vals(task),
                    }
                )
                for number, task in enumerate(self.template_ids.sorted(), start=1)
            ],
        }

    def _prepare_track_texts(self, task):
        texts = {"summary": task.summary, "note": task.note}
        return texts | self.env["track.line"]._prepare_copied_texts(texts)

    def _prepare_track_responsible_vals(self, task):
        """The values of the responsible of a plan's task, for a template task.

        “Ask at launch” becomes the user who starts the track. Other fields of the
        record (a coach, a manager) become the owner.
        """
        if task.responsible_type == "on_demand":
            return {"responsible_type": "starter"}
        if task.responsible_type == "other":
            return task.responsible_id._tracks_prepare_responsible_vals()
        return {"responsible_type": "owner"}
