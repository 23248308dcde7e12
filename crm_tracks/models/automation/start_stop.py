import logging
from collections import defaultdict
from contextlib import nullcontext

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from ...tools.dates import parse_day
from ...tools.never_failing import never_failing
from ...tools.outcome import Outcome
from ...tools.states import NOT_ENDED
from ...tools.transaction import block_value, get_block_value

_logger = logging.getLogger(__name__)


class MailActivityMixin(models.AbstractModel):
    """Tracks that are started and stopped automatically.

    This is used by server actions and automation rules (``ir_actions_server.py``), and
    by other addons. The rights of the user who triggered it apply, never sudo. It does
    not raise: obstacles are noted in the chatter.
    """

    _inherit = "mail.activity.mixin"

    def _tracks_start_automatically(
        self,
        template,
        on_behalf=None,
        when_running="skip",
        start_date=None,
        end_date=None,
    ):
        """Apply a template to these records, as one batch, where that is possible.

        :param template: one ``track.template``
        :param on_behalf: ``res.users`` whose rights apply if neither the user of the
            environment nor the record's owner is an active internal user
        :param str when_running: what to do if a track of the template is unfinished:
            ``skip`` keeps it, ``add`` starts another, ``replace`` stops it first, and
            ``move`` changes its dates
        :param start_date: ``date`` or ``datetime``; None is today
        :param end_date: ``date`` or ``datetime``, for templates that count back
        :return: :class:`Outcome`
        """
        template = template.sudo()
        outcome = self._tracks_act_automatically(
            lambda records: records._tracks_start_where_possible(
                template, when_running, start_date, end_date
            ),
            on_behalf,
        )
        self._tracks_note_obstacles(template, outcome.obstacles)
        return outcome

    def _tracks_stop_automatically(self, templates=None, reason=None, on_behalf=None):
        """Stop the unfinished tracks of these records.

        :param templates: ``track.template`` whose tracks are stopped; None for all
        :param str reason: stored on the tracks, and shown in the chatter
        :param on_behalf: as of :meth:`_tracks_start_automatically`
        :return: :class:`Outcome`
        """
        outcome = self._tracks_act_automatically(
            lambda records: records._tracks_stop_where_possible(templates, reason),
            on_behalf,
        )
        self._tracks_log_unattended(
            {
                record: self.env._("Tracks were not stopped: %s.", obstacle)
                for record, obstacle in outcome.obstacles.items()
            }
        )
        return outcome

    # ------------------------------------------------------------------
    # Obstacles
    # ------------------------------------------------------------------

    @api.model
    def _tracks_note_obstacles(self, template, obstacles):
        """Note in the chatter of these records why a track did not start.

        A template of another company is not named. Obstacles of rules that run because
        of such a note are not noted, because that could be endless.

        :param template: ``track.template``
        :param dict obstacles: a sentence for each record
        """
        if get_block_value(self.env, "crm_tracks.noting"):
            return
        bodies = {}
        for record, obstacle in obstacles.items():
            [company] = self.env["track.run"]._get_record_companies(record).values()
            is_named = template and template._is_for_company(company)
            bodies[record] = (
                self.env._(
                    "“%(template)s” did not start: %(reason)s.",
                    template=template.display_name,
                    reason=obstacle,
                )
                if is_named
                else self.env._("A track did not start: %s.", obstacle)
            )
        with block_value(self.env, "crm_tracks.noting", True):
            self._tracks_log_unattended(bodies)

    @api.model
    def _tracks_log_unattended(self, bodies):
        """Log a note on each of these records, as OdooBot, notifying nobody.

        :param dict bodies: str for each record, of any models
        """
        self.with_user(SUPERUSER_ID)._tracks_log(bodies)

    # ------------------------------------------------------------------
    # Whose rights apply
    # ------------------------------------------------------------------

    def _tracks_act_automatically(self, act, on_behalf):
        """Start or stop tracks of these records, without raising.

        :param act: a function of records, in the environment of the user whose rights
            apply, which returns an :class:`Outcome`
        :param on_behalf: as of :meth:`_tracks_start_automatically`
        :return: :class:`Outcome`
        """
        runs = self.env["track.run"]
        obstacles = {}
        for user, records in self._tracks_group_by_actor(on_behalf).items():
            if not user:
                obstacles |= dict.fromkeys(
                    records,
                    self.env._(
                        "No user is set whose permissions apply. Set an owner on the "
                        "record, or a user in “On Behalf Of”"
                    ),
                )
                continue
            outcome = records._tracks_act_as(user, act)
            runs += outcome.runs.with_env(self.env)
            obstacles |= outcome.obstacles
        return Outcome(
            runs,
            {self.browse(record.id): text for record, text in obstacles.items()},
        )

    def _tracks_group_by_actor(self, on_behalf):
        """Group these records by the user whose rights apply.

        The user of the environment, sudo or not; instead of OdooBot, a public or a
        portal user, the record's owner, or else ``on_behalf``.

        :return: dict, records for each ``res.users``, which is empty if there is none
        """
        if self.env.user._tracks_can_be_assigned():
            return {self.env.user: self}
        owners = self.sudo()._tracks_get_owner()
        by_actor = defaultdict(list)
        for record in self:
            candidates = (owners.get(record.id), on_behalf)
            actor = next(
                (
                    user
                    for user in candidates
                    if user and user._tracks_can_be_assigned()
                ),
                self.env["res.users"],
            )
            by_actor[actor.sudo(False)].append(record.id)
        return {user: self.browse(ids) for user, ids in by_actor.items()}

    def _tracks_act_as(self, user, act):
        """Start or stop tracks of these records with the rights of this user.

        The records are one batch; if it raises, it is rolled back and retried record by
        record.

        :return: :class:`Outcome`
        """
        is_present = user == self.env.user
        records = self.with_user(user)
        user = user.sudo()  # the triggering user need not see this user
        if not is_present:
            # the context of the visitor does not apply to this user
            companies = self.env["track.run"]._get_record_companies(self).values()
            mine = [company.id for company in companies if company in user.company_ids]
            records = records.with_context(
                allowed_company_ids=[
                    *dict.fromkeys([*mine, user.company_id.id, *user.company_ids.ids])
                ],
                lang=user.lang,
                tz=user.tz,
            )
        unattended = records.env["track.run.line"]._announcing_unattended()
        with nullcontext() if is_present else unattended:
            return records._tracks_try(act)

    def _tracks_try(self, act):
        outcome = Outcome(self.env["track.run"], {})
        with never_failing(
            self.env, _logger, "The tracks of %s.", self, expected=UserError
        ) as errors:
            outcome = act(self)
        if errors and len(self) > 1:
            # a record that raises does not affect the others
            outcomes = [record._tracks_try(act) for record in self]
            return Outcome(
                self.env["track.run"].union(*(each.runs for each in outcomes)),
                {key: val for each in outcomes for key, val in each.obstacles.items()},
            )
        if errors:
            text = self.env._(
                "An unexpected error occurred. An administrator can find it in the "
                "server log"
            )
            if isinstance(errors[0], UserError):
                text = str(errors[0]).strip().rstrip(".")
            return Outcome(self.env["track.run"], {self: text})
        return outcome

    def _tracks_split_writable(self):
        """Split these records into writable ones and obstacles."""
        writable = self._filtered_access("write")
        refused = self.env._(
            "%s does not have permission to change this record", self.env.user.name
        )
        return writable, dict.fromkeys(self - writable, refused)

    # ------------------------------------------------------------------
    # Starting and stopping
    # ------------------------------------------------------------------

    def _tracks_start_where_possible(
        self, template, when_running, start_date, end_date
    ):
        """Apply a template to those of these records to which it can be applied.

        The parameters are those of :meth:`_tracks_start_automatically`.

        :return: :class:`Outcome`
        :raise UserError: when the template cannot be applied to the model; or not to a
            record on which a track was stopped before
        """
        template = self._tracks_check_startable(template)
        start_date = parse_day(self.env, start_date, self.env._("Start Date"))
        end_date = parse_day(self.env, end_date, self.env._("End Date"))
        template._check_applicable(self, end_date)
        records, obstacles = self._tracks_split_writable()
        running = self.env["track.run"]
        if when_running != "add":
            running = records._tracks_search_runs(
                [("template_id", "=", template.id), ("state", "in", NOT_ENDED)]
            ).sudo(False)
        touched = self.env["track.run"]
        if when_running == "replace":
            running.sudo()._stop(self.env._("Started again."))
        else:
            records -= self.browse(set(running.mapped("res_id")))
        if when_running == "move":
            touched = running._reschedule_to(start_date, end_date)
        day = template._get_given_day(start_date, end_date)
        found = template._get_obstacles(records, day)
        if when_running == "replace" and running and found:
            raise UserError(next(iter(found.values())))
        records -= self.browse(record.id for record in found)
        if records:
            touched += records.tracks_apply(
                template, start_date=start_date, end_date=end_date
            )
        return Outcome(touched, obstacles | found)

    @api.model
    def _tracks_check_startable(self, template):
        """The template in this environment, if its user may use it.

        :raise UserError: when it was deleted, or the user may not read it
        """
        template = template.with_env(self.env).exists()
        if not template:
            raise UserError(self.env._("The track template was deleted"))
        if not template.has_access("read"):
            raise UserError(
                self.env._(
                    "%s does not have access to this template", self.env.user.name
                )
            )
        return template

    def _tracks_stop_where_possible(self, templates, reason):
        """Stop the tracks of those of these records that the user may change.

        The parameters are those of :meth:`_tracks_stop_automatically`.

        :return: :class:`Outcome`
        """
        domain = [("state", "in", NOT_ENDED)]
        if templates is not None:
            domain.append(("template_id", "in", templates.ids))
        runs = self._tracks_search_runs(domain)
        # a record without tracks is not an obstacle
        records = self.browse(dict.fromkeys(runs.mapped("res_id")))
        writable, obstacles = records._tracks_split_writable()
        runs = runs.filtered(lambda run: run.res_id in writable._ids)
        if runs:
            runs._stop(reason)
        return Outcome(runs.sudo(False), obstacles)


class TrackRun(models.Model):
    _inherit = "track.run"

    def _reschedule_to(self, start_date, end_date):
        """Change the date from which these tracks count, if it differs.

        :param date start_date: for tracks that count forwards
        :param date end_date: for tracks that count back
        :return: the tracks that were moved
        """
        moved = self.browse()
        for direction, name, day in (
            ("start", "start_date", start_date),
            ("end", "end_date", end_date),
        ):
            runs = self.filtered(
                lambda run, direction=direction, name=name, day=day: (
                    run.direction == direction and run[name] != day
                )
            )
            if day and runs:
                runs.write({name: day})
                moved += runs
        return moved
