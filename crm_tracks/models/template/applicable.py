from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.states import NOT_ENDED


class TrackTemplate(models.Model):
    """To which records a template can be applied, and what prevents it."""

    _inherit = "track.template"

    @api.model
    def _search_applicable(self, records):
        """The templates that the user may apply to these records.

        :param records: records of one model, whose companies count
        :return: ``track.template``, active, readable by the user, with tasks
        """
        # sudo: only Tracks administrators may read which models a template is for
        domain = Domain("line_ids", "!=", False) & (
            Domain("res_model_ids", "=", False)
            | Domain("res_model_ids.model", "=", records._name)
        )
        templates = self.sudo().search(domain).sudo(self.env.su)
        companies = self.env["track.run"]._get_record_companies(records).values()
        return templates._filtered_access("read").filtered(
            lambda template: (
                not template.company_id
                or any(template._is_for_company(company) for company in companies)
            )
        )

    def _get_trial_models(self):
        """The models on whose records the user can try this template.

        :return: ``ir.model`` that the user may read the records of, leads first
        """
        Run = self.env["track.run"]
        # sudo: only Tracks administrators may read models
        models = self.sudo().res_model_ids or self.env["ir.model"].sudo().search(
            [("is_mail_activity", "=", True), ("transient", "=", False)]
        )
        found = models.filtered(
            lambda model: (
                Run._can_have_tracks(self.env.get(model.model))
                and self.env[model.model].has_access("read")
            )
        )
        return found.sorted(lambda model: (model.model != "crm.lead", model.name))

    def _is_for_company(self, company):
        """Whether this template is for records of a company: it is for its own, with
        its branches, or for all of them.

        :param company: ``res.company``, empty for records of none
        """
        self.ensure_one()
        own = self.sudo().company_id
        return not own or not company or own in company._origin.sudo().parent_ids

    def _check_applicable(self, records, end_date):
        """Refuse to apply this template for reasons that concern the whole model.

        :param records: records of one model
        :param date end_date: the end date that was asked for, or None
        :raise UserError: in one sentence that names the template and what to do
        """
        self.ensure_one()
        if not self.active:
            raise UserError(
                self.env._(
                    "“%(template)s” is archived. Unarchive it or select another "
                    "template.",
                    template=self.display_name,
                )
            )
        self._check_suitable(records, end_date)

    def _check_suitable(self, records, end_date):
        """As :meth:`_check_applicable`; the template may be archived."""
        model = self.env["ir.model"]._get(records._name).sudo()
        problem = self.sudo()._get_problem_with_model(model, end_date)
        if problem:
            values = {"template": self.display_name, "model": model.name}
            raise UserError(problem % values)
        self._check_task_count()

    def _get_problem_with_model(self, model, end_date):
        """As :meth:`_check_suitable`, for an ``ir.model``.

        :return: a sentence with ``%(template)s`` and ``%(model)s``, or None
        """
        if self.res_model_ids and model not in self.res_model_ids:
            return self.env._(
                "“%(template)s” does not apply to %(model)s. Select another template."
            )
        if not self.line_ids:
            return self.env._(
                "“%(template)s” has no tasks. Add tasks before you apply it."
            )
        if self.direction == "end" and not (end_date or self.date_field):
            return self.env._(
                "“%(template)s” counts back from an end date. Enter that date."
            )
        return None

    def _check_task_count(self):
        # sudo: a user who applies a template need not see all of its tasks
        lines = self.sudo().line_ids
        lines._check_count(self, len(lines))

    def _get_obstacles(self, records, day=None):
        """Find the records to which this template cannot be applied, and why.

        :param records: existing records of one model
        :param date day: from which the tracks are to count (:meth:`_get_given_day`);
            None for today, or for the date in the field of the template
        :return: dict by record of sentences, without a period
        """
        self.ensure_one()
        writable = records._filtered_access("write")
        foreign_ids = self._get_foreign_ids(records)
        running_ids = self._get_running_ids(records) if self.one_per_record else ()
        endless = self.env["track.run"]._get_endless(self, records)
        undated = self._get_undated(writable, day)
        obstacles = {}
        for record in records:
            if record not in writable:
                obstacles[record] = self.env._(
                    "You do not have permission to change this record"
                )
            elif record.id in foreign_ids:
                obstacles[record] = self.env._(
                    "The record belongs to another company than the template"
                )
            elif record.id in running_ids:
                obstacles[record] = self.env._(
                    "A track of this template is already running there, and only one "
                    "can run per record"
                )
            elif record in endless:
                obstacles[record] = endless[record]
            elif record in undated:
                obstacles[record] = undated[record]
        return obstacles

    def _get_foreign_ids(self, records):
        """The ids of these records whose company this template is not for."""
        if not self.sudo().company_id:
            return ()
        companies = self.env["track.run"]._get_record_companies(records)
        return {
            record.id
            for record, company in companies.items()
            if not self._is_for_company(company)
        }

    def _get_running_ids(self, records):
        """The ids of these records on which a track of this template has not ended."""
        # sudo: tracks that the user cannot see count, too
        running = self.env["track.run"].sudo()
        running = running.search(
            [
                ("template_id", "=", self.id),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("state", "in", NOT_ENDED),
            ]
        )
        return set(running.mapped("res_id"))
