from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.notification import notify
from ...tools.states import NOT_ENDED


class TrackRun(models.Model):
    """Which tracks follow one another on a record.

    When a track is done, its template's next templates are offered in the tab, in the
    form of the track and in the note that says so. A track that was started from there
    is linked to it.
    """

    _inherit = "track.run"

    previous_run_id = fields.Many2one(
        "track.run",
        string="Previous Track",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The finished track of the same record that this one follows.",
    )
    # No dependency on the other tracks of the record: it is read when it is shown.
    offered_template_ids = fields.Many2many(
        "track.template",
        string="Offered Templates",
        compute="_compute_offered_template_ids",
        exportable=False,
        help="Templates that the user can start now, after this track.",
    )

    @api.depends("state", "template_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_offered_template_ids(self):
        offered = self._origin._get_offered_to_user()
        for run in self:
            run.offered_template_ids = offered.get(run._origin.id, False)

    # ------------------------------------------------------------------
    # What is offered
    # ------------------------------------------------------------------

    def _get_offered(self, records):
        """The templates that may be started after each of these tracks.

        :param records: the records of these tracks, of one model, in the environment of
            the user who may apply them
        :return: dict, ``track.template`` for each ``track.run`` after which any is
            offered
        """
        runs = self._filter_offering()
        if not runs:
            return {}
        applicable = records.env["track.template"]._search_applicable(records)
        # sudo: tracks that the user cannot see count, too
        others = records.sudo().track_run_ids.grouped("res_id")
        companies = self._get_record_companies(records)
        offered = {}
        for run in runs:
            company = companies[records.browse(run.res_id)]
            allowed = run.template_id.next_template_ids.filtered(
                lambda template, run=run, company=company: (
                    template._is_for_company(company)
                    and not run._is_followed_by(
                        template, others.get(run.res_id, runs.browse())
                    )
                )
            )
            templates = applicable.filtered(
                lambda template, allowed=allowed: template.sudo() in allowed
            )
            if templates:
                offered[run] = templates
        return offered

    def _get_offered_to_user(self):
        """The templates that the user can start after each of these tracks.

        :return: dict, ``track.template`` by the ids of tracks; without those of records
            that the user may not write
        """
        offered = {}
        # sudo: users need not see the templates of the tracks; what is offered is
        # searched with the rights of the user
        offering = self.sudo()._filter_offering()
        for records in offering._get_records_by_model():
            writable = records.with_env(self.env).sudo(False)._filtered_access("write")
            runs = offering.filtered(
                lambda run, records=writable: run.res_model == records._name
                and run.res_id in records._ids
            )
            by_run = runs._get_offered(writable)
            offered.update((run.id, templates) for run, templates in by_run.items())
        return offered

    def _filter_offering(self):
        """Filter the done tracks whose templates name next ones."""
        ids = self.env["track.template"]._get_ids_with_next()
        return self.filtered(
            lambda run: run.state == "done" and run.template_id.id in ids
        )

    def _is_followed_by(self, template, others):
        """Whether this template needs not, or cannot, be started after this track.

        :param template: ``track.template``
        :param others: the ``track.run`` of the same record
        """
        same = others.filtered(lambda run: run.template_id == template)
        return bool(
            same.filtered(
                lambda run: run.previous_run_id == self and run.state != "stopped"
            )
        ) or (
            template.one_per_record
            and bool(same.filtered(lambda run: run.state in NOT_ENDED))
        )

    # ------------------------------------------------------------------
    # The note
    # ------------------------------------------------------------------

    def _get_done_texts(self):
        """The notes of these tracks, which are done: with links to what comes next.

        :return: dict, a list of ``Markup`` for each track
        """
        offering = self._filter_offering()
        text = Markup(self.env._("Track %s is done."))
        texts = {run: [text % run._get_name_in_bold()] for run in self}
        for records in offering._get_records_by_model() if offering else ():
            runs = offering.filtered(
                lambda run, records=records: run.res_model == records._name
            )
            companies = self._get_record_companies(records)
            for run, templates in runs._get_offered(records).items():
                company = companies[records.browse(run.res_id)]
                links = [
                    run._get_start_link(template)
                    for template in templates
                    if run._is_known_to_readers(template, company)
                ]
                if links:
                    texts[run].append(Markup(" · ").join(links))
        return texts

    def _is_known_to_readers(self, template, company):
        """Whether everybody who may read the record may read this template's name.

        :param template: ``track.template``
        :param company: the ``res.company`` of the record, or empty
        """
        own = template.company_id
        return not own or (bool(company) and own in company.parent_ids)

    def _get_start_link(self, template):
        """A link for the chatter that starts this template after this track.

        Without the web client, it opens the record.
        """
        return Markup(
            '<a class="o_tracks_next" href="%s" data-oe-model="track.run" '
            'data-oe-id="%s" data-id="%s">%s</a>'
        ) % (
            self._get_record_url(),
            self.id,
            template.id,
            self.env._("Start “%s”", template.display_name),
        )

    # ------------------------------------------------------------------
    # Starting it
    # ------------------------------------------------------------------

    def action_start_next(self, template):
        """Start a template that is offered after this track, on the same record.

        It starts at once. Where a user has to decide, the dialog opens instead: on the
        date from which it counts, or because a track of the template has not ended or
        follows already.

        :param template: a ``track.template``, or its id
        :return: an action
        :raise AccessError: when the user may not read the track or the template, or may
            not write the record
        :raise UserError: when the track is not done, or the template is not offered
        """
        self.ensure_one()
        self.check_access("read")
        run = self.sudo()
        record = self.env[run.res_model].browse(run.res_id)
        template = record._tracks_check_template(template)
        run._check_offers(template)
        record.check_access("write")
        if template._needs_date(record) or run._has_follower(template):
            return record._tracks_get_apply_action(
                default_template_id=template.id, default_previous_run_id=run.id
            )
        started = record.tracks_apply(template, previous_run=self)
        return notify("success", self.env._("“%s” was started.", started.name))

    def _check_offers(self, template):
        """Refuse to start a template that is not offered after this track.

        :param template: ``track.template``
        :raise UserError: when it is not offered, or the track is not done
        """
        if self.state != "done":
            raise UserError(
                self.env._(
                    "“%s” is not done. Complete its tasks before you start the next "
                    "track.",
                    self.name,
                )
            )
        if template.sudo() not in self.template_id.next_template_ids:
            raise UserError(
                self.env._(
                    "“%(template)s” is no longer offered after “%(track)s”. Apply it "
                    "in the tab of the record.",
                    template=template.display_name,
                    track=self.name,
                )
            )

    def _has_follower(self, template):
        """Whether a track of this template runs on the record, or follows this one."""
        others = self._get_records()[self].track_run_ids
        return any(
            run.template_id == template.sudo()
            and run.state != "stopped"
            and (run.state in NOT_ENDED or run.previous_run_id == self)
            for run in others
        )


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _tracks_check_previous_run(self, run):
        """The track that a new one on this record is to follow.

        :param run: a ``track.run``, its id, or None
        :return: ``track.run``, in the environment of the user, or empty
        :raise UserError: when it is no finished track of this record that the user may
            read
        """
        Run = self.env["track.run"]
        if not run and (run is None or run is False or isinstance(run, type(Run))):
            return Run
        if isinstance(run, int) and not isinstance(run, bool):
            run = Run.browse(run)
        is_one = isinstance(run, models.BaseModel) and run._name == Run._name
        if not is_one or len(run) != 1 or Run._tracks_find_hidden(set(run._ids)):
            raise UserError(
                self.env._(
                    "The previous track does not exist, or you do not have permission "
                    "to read it. Select a finished track of the record."
                )
            )
        run = run.with_env(self.env)
        values = run.sudo()
        if (values.res_model, [values.res_id]) != (self._name, self.ids):
            raise UserError(
                self.env._(
                    "“%s” is a track of another record. Select a finished track of "
                    "the same record.",
                    values.name,
                )
            )
        if values.state != "done":
            raise UserError(
                self.env._(
                    "“%s” is not done, so no track can follow it. Select a finished "
                    "track.",
                    values.name,
                )
            )
        return run
