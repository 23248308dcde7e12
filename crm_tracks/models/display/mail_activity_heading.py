from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store


class MailActivity(models.Model):
    """The track of an activity, for users who may read that track.

    “Sales follow-through · 2 of 6” is the second of six tasks. Users who may not read
    the record get neither the name nor the link. Activities without a track cost no
    query.
    """

    _inherit = "mail.activity"

    # No dependency on the track's name or its other tasks: every change of a track
    # would search for its activities.
    track_heading = fields.Char(string="Track", compute="_compute_track_heading")
    track_run_id = fields.Many2one(
        "track.run", string="Related Track", compute="_compute_track_heading"
    )

    @api.depends("track_run_line_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_track_heading(self):
        self.track_heading = self.track_run_id = False
        # sudo: users cannot read the link; access to the track is checked below
        tracked = self.sudo().filtered("track_run_line_id")
        if not tracked:
            return
        places = tracked.track_run_line_id._origin._get_places()
        runs = self.env["track.run"].browse({run_id for run_id, *_ in places.values()})
        names = {
            run.id: run.sudo().name for run in runs.sudo(False)._filtered_access("read")
        }
        for activity in tracked.sudo(self.env.su):
            task_id = activity.sudo().track_run_line_id._origin.id
            run_id, number, count = places.get(task_id, (False, 0, 0))
            if run_id in names:
                activity.track_run_id = run_id
                activity.track_heading = self.env._(
                    "%(track)s · %(number)s of %(count)s",
                    track=names[run_id],
                    number=number,
                    count=count,
                )

    def _to_store_defaults(self, target):
        result = super()._to_store_defaults(target)
        if isinstance(target, models.BaseModel):
            # other addons pass the record that listens, as for `_bus_send`
            target = Store.Target(target)
        if not target.is_current_user(self.env):
            return result
        return result + [
            "track_heading",
            "track_completion",
            Store.Attr("track_run_id", lambda activity: activity.track_run_id.id),
            Store.Attr("track_url", lambda activity: activity._get_track_url()),
        ]

    def _get_track_url(self):
        """The address of the track of this activity, or False."""
        run = self.track_run_id.sudo()  # access to the track was checked
        return run._get_url() if run else False

    def action_open_track(self):
        """Open the track of this activity, on the form of its record if possible.

        :return: an action
        :raise AccessError: when the user may not read the activity, or its track
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: users cannot read the link; access to the track is checked
        run = self.sudo().track_run_line_id.run_id.sudo(False)
        run.check_access("read")
        return run._get_showing_action()


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _get_places(self):
        """The position of each of these tasks in its track, in one query.

        :return: dict, (id of the track, number from 1, how many tasks) by task id
        """
        siblings = self.sudo().search_fetch(
            Domain("run_id.line_ids", "in", self.ids) & self._get_work_domain(),
            # with what completing them depends on, which is read next
            ["run_id", "state", "require_feedback", "required_fields", "outcomes"],
            order="sequence, id",
        )
        wanted = set(self.ids)
        places = {}
        for run, tasks in siblings.grouped("run_id").items():
            for number, task in enumerate(tasks, start=1):
                if task.id in wanted:
                    places[task.id] = (run.id, number, len(tasks))
        return places
