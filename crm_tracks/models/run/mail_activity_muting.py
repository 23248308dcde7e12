from odoo import api, fields, models
from odoo.fields import Domain


class MailActivity(models.Model):
    """Muted activities: in no one's way, and not done (SPEC, rule 21).

    A muted activity is archived, so that nothing that lists a person's work finds it,
    and carries a flag that keeps it from passing for done. Only :meth:`_mute` and
    :meth:`_unmute` set it; un-archiving an activity by hand takes it back.
    """

    _inherit = "mail.activity"

    muted = fields.Boolean(
        string="Inactive",
        readonly=True,
        copy=False,
        help="Inactive while its record is closed or its track is paused.",
    )

    # what a reopening, a merge or the uninstallation brings back
    _muted_idx = models.Index("(res_model, res_id) WHERE muted")

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
        # it takes every archived activity for a completed one
        activities = self.with_context(crm_tracks_leave_out_muted=True)
        return super(MailActivity, activities).get_activity_data(
            res_model, domain, *args, **kwargs
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        # completing a muted activity is an ordinary completion, recorded once
        muted = self.filtered("muted")
        if muted:
            muted.check_access("write")
            muted._unmute()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    @api.model
    def _may_be_muted(self, model_name):
        """Whether a record of this model ever had a muted activity."""
        domain = [("muted", "=", True), ("res_model", "=", model_name)]
        activities = self.sudo().with_context(active_test=False)
        return self.env["track.run"]._was_ever_found(
            "muted", model_name, lambda: activities.search(domain, limit=1)
        )

    def _get_hold_text(self):
        """How many of a record's activities are inactive, and what brings them back."""
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
        """Set the active ones of these activities aside, and tell nobody."""
        activities = self.filtered("active")
        if activities:
            # asked of each model, and before: afterwards it would be known already
            names = set(activities.sudo().mapped("res_model"))
            known = [self._may_be_muted(name) for name in names]
            activities._write_muting({"active": False, "muted": True})
            if not all(known):
                self.env["track.run"]._forget_what_is_kept()

    def _unmute(self):
        """Bring the muted ones of these activities back, and tell nobody."""
        activities = self.filtered("muted")
        if activities:
            activities._write_muting({"active": True})

    def _write_muting(self, vals):
        """Write what mutes or unmutes these activities, which is no event.

        Automation rules that watch activities do not run, on what is computed from
        these values neither.
        """
        activities = self._past_automation_rules()
        activities._write_silently(vals)
        # here: whoever flushes later would run the rules
        activities.sudo()._recompute_recordset()

    def _past_automation_rules(self):
        """These activities, with every rule that watches activities run already.

        That is what ``base_automation`` itself notes in the context, so that a rule
        does not run twice on what it writes. Completing or editing an activity has
        another context, and runs them.
        """
        if "base.automation" not in self.env:
            return self
        # sudo: which rules there are is not for whoever closes a record
        rules = self.env["base.automation"].sudo()
        rules = rules.search([("model_name", "=", self._name)])
        if not rules:
            return self
        done = dict(self.env.context.get("__action_done") or {})
        for rule in rules:
            done[rule] = done.get(rule, self.browse()) | self
        return self.with_context(__action_done=done)

    def _write_silently(self, vals):
        # sudo: who closes a record need not see the work of others on it
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
        # What other addons complete, move or delete by activity_feedback and the like
        # they mean muted ones, too: these would come back as they were, with a record
        # that has no use for them any more.
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
