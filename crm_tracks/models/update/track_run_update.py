import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ...tools.never_failing import never_failing
from ...tools.states import NOT_ENDED

_logger = logging.getLogger(__name__)

# The states of tracks that the scheduled action is to change.
QUEUED = ("queued", "undoing")


class TrackRunUpdate(models.Model):
    """An update of tracks from their template, with what became of each track.

    It is kept for a day, in which whoever made it can undo it.
    """

    _name = "track.run.update"
    _description = "Update of Running Tracks"
    _inherit = "track.guard"
    _order = "id desc"

    _TRACKS_OWN_DEFAULTS = "always"

    _KEPT_FOR = timedelta(days=1)

    user_id = fields.Many2one(
        "res.users",
        string="Updated By",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    date_updated = fields.Datetime(
        string="Updated On",
        default=fields.Datetime.now,
        required=True,
        readonly=True,
    )
    template_id = fields.Many2one(
        "track.template", readonly=True, index="btree_not_null", ondelete="set null"
    )
    line_ids = fields.One2many(
        "track.run.update.line", "update_id", string="Tracks", readonly=True
    )
    left_out_ids = fields.One2many(
        "track.run.update.line",
        "update_id",
        string="Tracks Left Out",
        domain=[("reason", "!=", False)],
        readonly=True,
    )
    summary_text = fields.Char(string="Result", compute="_compute_summary_text")
    can_undo = fields.Boolean(string="Can Be Undone", compute="_compute_summary_text")
    in_background = fields.Boolean(
        string="In the Background",
        readonly=True,
        help="The scheduled action does the work, and then notifies the user.",
    )

    @api.depends_context("lang")
    def _compute_display_name(self):
        for update in self:
            update.display_name = self.env._("Update of Running Tracks")

    @api.depends("line_ids.state")
    def _compute_summary_text(self):
        for update in self:
            counts = dict(
                self.env["track.run.update.line"]._read_group(
                    [("update_id", "in", update.ids)], ["state"], ["__count"]
                )
            )
            texts = {
                "done": self.env._("%s updated"),
                "queued": self.env._("%s to be updated"),
                "unchanged": self.env._("%s up to date"),
                "left_out": self.env._("%s left out"),
                "undoing": self.env._("%s to be undone"),
                "undone": self.env._("%s undone"),
            }
            update.summary_text = ", ".join(
                text % counts[state]
                for state, text in texts.items()
                if counts.get(state)
            )
            is_any = counts.get("done") or counts.get("queued")
            update.can_undo = bool(is_any) and not update._is_over()

    def _is_over(self):
        """Whether the day is over on which this update can be undone."""
        return fields.Datetime.now() - self.date_updated > self._KEPT_FOR

    @api.autovacuum
    def _gc_updates(self):
        limit = fields.Datetime.now() - self._KEPT_FOR
        old = self.sudo().search([("date_updated", "<", limit)])
        old.filtered(
            lambda update: not any(line.state in QUEUED for line in update.line_ids)
        ).unlink()

    def _leave_to_cron(self):
        """Leave what is to be done to the scheduled action, which notifies the user."""
        self.in_background = True
        self.env["track.run"]._trigger_cron()

    def action_open(self):
        """Open the result of this update in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Update of Running Tracks"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class TrackRunUpdateLine(models.Model):
    """One track of an update, and what is needed to undo it."""

    _name = "track.run.update.line"
    _description = "Updated Track"
    _inherit = "track.guard"
    _order = "id"

    _TRACKS_OWN_DEFAULTS = "always"

    update_id = fields.Many2one(
        "track.run.update", required=True, readonly=True, index=True, ondelete="cascade"
    )
    run_id = fields.Many2one(
        "track.run",
        string="Track",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    res_name = fields.Char(related="run_id.res_name")
    state = fields.Selection(
        [
            ("queued", "To Be Updated"),
            ("done", "Updated"),
            ("unchanged", "Up to Date"),
            ("left_out", "Left Out"),
            ("undoing", "To Be Undone"),
            ("undone", "Undone"),
        ],
        string="Status",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    # Only for the engine: the values before and after the update.
    backup = fields.Json(readonly=True, groups=NO_ACCESS)

    # for the cron
    _to_do_idx = models.Index("(id) WHERE state IN ('queued', 'undoing')")

    # ------------------------------------------------------------------
    # Updating
    # ------------------------------------------------------------------

    def _process(self, change):
        """Update the tracks of these lines, or undo that, all together.

        If that fails, each of them is changed in its own savepoint.

        :param change: function of the lines
        """
        error = self._try(change)
        if error and len(self) == 1:
            self._leave_out({self: error})
        elif error:
            for line in self:
                line._process(change)

    def _try(self, change):
        """Change these lines, or nothing if that fails.

        :param change: function of the lines
        :return: str, why it failed, or None
        """
        with never_failing(
            self.env, _logger, "%s could not be updated.", self, expected=UserError
        ) as errors:
            change(self)
        return self._get_reason(errors[0]) if errors else None

    def _get_runs_of_user(self):
        """The tracks of these lines with the rights of whoever asked for the update.

        The scheduled action has no language: texts are in that of the user.
        """
        user = self.update_id.user_id
        runs = self.run_id.with_user(user).sudo(False)
        if not self.env.context.get("lang"):
            runs = runs.with_context(lang=user.lang)
        return runs

    def _update_together(self):
        runs = self._get_runs_of_user()
        if not runs._is_updater():
            reason = runs.env._("Only Tracks administrators can update tracks.")
            self._leave_out(dict.fromkeys(self, reason))
            return
        plans = runs._plan_updates()
        backups = {}
        possible = runs.filtered(
            lambda run: not plans[run].obstacle and not plans[run].is_empty()
        )
        if possible:
            backups = possible._engine()._update_as_planned(plans)
        self._leave_out(
            {
                line: plans[line.run_id].obstacle
                for line in self
                if plans[line.run_id].obstacle
            }
        )
        done = self.filtered(lambda line: line.run_id in backups)
        done._store({line: backups[line.run_id] for line in done})
        others = (self - done).filtered(lambda line: not plans[line.run_id].obstacle)
        others.write({"state": "unchanged"})

    def _store(self, backups):
        """Store that the tracks of these lines were updated, and the values before.

        By SQL: they differ for each line, and the ORM would write these one by one.

        :param dict backups: as JSON, for each line
        """
        if not self:
            return
        self.flush_recordset()
        self.env.cr.execute_values(
            """
            UPDATE track_run_update_line AS line
               SET state = 'done', backup = new.backup::jsonb
              FROM (VALUES %s) AS new(id, backup)
             WHERE line.id = new.id
            """,
            [(line.id, json.dumps(backup)) for line, backup in backups.items()],
        )
        self.invalidate_recordset(["state", "backup"])
        self.modified(["state"])

    def _leave_out_failed(self, error):
        """Leave this line out, whose update failed by itself, too."""
        for line in self.exists():
            line._leave_out({line: line._get_reason(error)})

    def _get_reason(self, error):
        if isinstance(error, UserError):
            return str(error)
        env = self._get_runs_of_user().env
        return env._("The track could not be changed. Ask an administrator.")

    def _leave_out(self, reasons):
        """Store why these lines were left out; an undo can be asked for again.

        :param dict reasons: a text for each of them
        """
        for line, reason in reasons.items():
            state = "done" if line.state == "undoing" else "left_out"
            line.write({"state": state, "reason": reason})


class TrackRun(models.Model):
    """Updating tracks from their template, by their button or for other programs."""

    _inherit = "track.run"

    def action_open_update(self):
        """Open the comparison of this track with its template in a dialog."""
        self.ensure_one()
        self._check_updater()
        view = self.env.ref("crm_tracks.track_run_view_form_update")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Update from Template"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
        }

    # More tracks are updated by the scheduled action. Each may need its own savepoint,
    # and PostgreSQL slows down after 64 of them.
    _UPDATED_AT_ONCE = 50

    def action_update_from_template(self):
        """Bring these tracks up to date with their template, which has changed since.

        Only tasks that have not begun are replaced, and none that users edited or
        added. Many tracks are updated by the scheduled action.

        :return: an action that opens the result, a ``track.run.update``, in which it
            can be undone for a day
        :raise AccessError: when the user is no Tracks administrator
        :raise UserError: when none of the tracks can be updated
        """
        self._check_updater()
        self.check_access("read")
        runs = self.exists()
        template = runs.sudo().template_id
        # sudo: users do not write updates
        env = self._engine().env
        update = env["track.run.update"].create(
            {
                "user_id": self.env.uid,
                "template_id": template.id if len(template) == 1 else False,
            }
        )
        lines = update.line_ids.create(
            [
                {"update_id": update.id, "run_id": id_, "state": "queued"}
                for id_ in dict.fromkeys(runs.ids)
            ]
        )
        if len(lines) > self._UPDATED_AT_ONCE:
            update._leave_to_cron()
        else:
            lines._process(lambda each: each._update_together())
            if all(line.state == "left_out" for line in lines):
                raise UserError(
                    "\n".join(dict.fromkeys(lines.mapped("reason")))
                    or self.env._("No track is selected. Select the tracks to update.")
                )
        return update.with_env(self.env).action_open()


class TrackTemplate(models.Model):
    _inherit = "track.template"

    has_update = fields.Boolean(
        string="Updated Since Yesterday",
        compute="_compute_has_update",
        groups="crm_tracks.group_track_manager",
        exportable=False,
        help="The user has updated tracks of the template since yesterday.",
    )

    @api.depends_context("uid")
    def _compute_has_update(self):
        # the user can read only own updates
        updates = self.env["track.run.update"].sudo(False)
        found = updates.search([("template_id", "in", self.ids)]).template_id
        for template in self:
            template.has_update = template._origin in found

    def action_open_updates(self):
        """Open the list of unfinished tracks, with what an update would change."""
        self.ensure_one()
        self.env["track.run"]._check_updater()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_run_update_action"
        )
        action["domain"] = [
            ("template_id", "=", self.id),
            ("state", "in", NOT_ENDED),
        ]
        action["context"] = {}
        return action

    def action_open_last_update(self):
        """Open the result of the last update of tracks of this template by the user."""
        self.ensure_one()
        update = self.env["track.run.update"].search(
            [("template_id", "=", self.id), ("user_id", "=", self.env.uid)], limit=1
        )
        if not update:
            raise UserError(
                self.env._(
                    "You have not updated tracks of “%s” since yesterday. Choose "
                    "“Update Running Tracks” first.",
                    self.display_name,
                )
            )
        return update.action_open()
