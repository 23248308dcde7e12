from odoo import api, fields, models
from odoo.fields import Domain


class MailActivity(models.Model):
    """Muted activities, which are hidden from activity lists and are not done.

    A muted activity is archived, so that activity lists do not find it, and has a flag
    that distinguishes it from a completed one. Only :meth:`_mute` and :meth:`_unmute`
    set the flag; a user who unarchives the activity removes it.
    """

    _inherit = "mail.activity"

    muted = fields.Boolean(
        string="Inactive",
        readonly=True,
        copy=False,
        help="Inactive while its record is closed or its track is paused.",
    )

    # for reopening, merging and uninstalling
    _muted_idx = models.Index("(res_model, res_id) WHERE muted")

    # What muting reads of each activity, with what is computed from it and stored: a
    # value that was not read is written again.
    _MUTING_FIELDS = (
        "active",
        "date_deadline",
        "date_done",
        "muted",
        "res_id",
        "res_model",
        "user_id",
    )

    @api.depends("muted")
    def _compute_state(self):
        muted = self.filtered("muted")
        muted.state = False
        return super(MailActivity, self - muted)._compute_state()

    @api.depends("muted")
    def _compute_date_done(self):
        muted = self.filtered("muted")
        muted.date_done = False
        return super(MailActivity, self - muted)._compute_date_done()

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env.context.get("crm_tracks_leave_out_muted"):
            domain = Domain(domain) & Domain("muted", "=", False)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def get_activity_data(self, res_model, domain, *args, **kwargs):
        # the method counts archived activities as completed
        activities = self.with_context(crm_tracks_leave_out_muted=True)
        return super(MailActivity, activities).get_activity_data(
            res_model, domain, *args, **kwargs
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        # unmute first, so that it is an ordinary completion
        muted = self.filtered("muted")
        with self._tracks_meeting_requirements(feedback):
            if muted:
                muted.check_access("write")
                muted._unmute()
            return super()._action_done(
                feedback=feedback, attachment_ids=attachment_ids
            )

    @api.model
    def _may_be_muted(self, model_name):
        """Whether a record of this model has ever had a muted activity."""
        domain = [("muted", "=", True), ("res_model", "=", model_name)]
        activities = self.sudo().with_context(active_test=False)
        return self.env["track.run"]._was_ever_found(
            "muted", model_name, lambda: activities.search(domain, limit=1)
        )

    def _get_hold_text(self):
        """Describe how many activities of a record are inactive, and until when."""
        if len(self) == 1:
            return self.env._(
                "1 activity on hold. It is hidden from activity lists until the record "
                "is reopened."
            )
        return self.env._(
            "%s activities on hold. They are hidden from activity lists until the "
            "record is reopened.",
            len(self),
        )

    def _mute(self):
        """Make the active ones of these activities inactive, notifying nobody."""
        self.sudo().fetch(self._MUTING_FIELDS)
        activities = self.filtered("active")
        if activities:
            # read the cache before writing: the write itself would change the answer
            names = set(activities.sudo().mapped("res_model"))
            known = [self._may_be_muted(name) for name in names]
            activities._write_muting({"active": False, "muted": True})
            if not all(known):
                self.env["track.run"]._forget_what_is_kept()

    def _unmute(self):
        """Make the muted ones of these activities active again, notifying nobody."""
        self.sudo().fetch(self._MUTING_FIELDS)
        activities = self.filtered("muted")
        if activities:
            activities._write_muting({"active": True})

    def _write_muting(self, vals):
        """Mute or unmute these activities, without running automation rules.

        Rules on activities do not run, nor do those on fields that are computed from
        these values.
        """
        activities = self._past_automation_rules()
        activities._write_silently(vals)
        # recompute here: a later flush would run the rules
        activities.sudo()._recompute_recordset()

    def _past_automation_rules(self):
        """These activities, with all automation rules on activities marked as run.

        ``base_automation`` uses the same mark in the context, so that a rule does not
        run again on the records that it writes. Completing or editing an activity uses
        another context, and runs the rules.
        """
        if "base.automation" not in self.env:
            return self
        # sudo: users who close a record cannot read automation rules
        rules = self.env["base.automation"].sudo()
        rules = rules.search([("model_name", "=", self._name)])
        if not rules:
            return self
        done = dict(self.env.context.get("__action_done") or {})
        for rule in rules:
            done[rule] = done.get(rule, self.browse()) | self
        return self.with_context(__action_done=done)

    def _write_silently(self, vals):
        # sudo: users who close a record need not see the activities of others
        activities = self.sudo().with_context(mail_activity_quick_update=True)
        activities.write(vals)
        for model, of_model in activities.grouped("res_model").items():
            if model:
                records = self.env[model].browse(set(of_model.mapped("res_id")))
                records.invalidate_recordset(["activity_ids", "track_inactive_text"])


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def activity_search(
        self,
        act_type_xmlids="",
        user_id=None,
        additional_domain=None,
        only_automated=True,
    ):
        # Other addons complete, move or delete activities by activity_feedback and
        # similar methods. Include muted ones: otherwise they would become active again
        # when the record is reopened, although they are no longer needed.
        values = {"user_id": user_id, "only_automated": only_automated}
        found = super().activity_search(
            act_type_xmlids, additional_domain=additional_domain, **values
        )
        if not self.env["mail.activity"]._may_be_muted(self._name):
            return found
        records = self.with_context(active_test=False)
        muted = super(MailActivityMixin, records).activity_search(
            act_type_xmlids,
            additional_domain=Domain(additional_domain or [])
            & Domain("muted", "=", True),
            **values,
        )
        return found | muted.with_env(self.env)
