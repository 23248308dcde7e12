from odoo import api, fields, models

from odoo.addons.crm_tracks.tools.dates import get_company_zone, get_day
from odoo.addons.crm_tracks.tools.parameters import get_parameter

DIGESTS = [
    ("none", "No E-Mail"),
    ("daily", "Every Day"),
    ("weekdays", "On Working Days"),
]


class ResUsers(models.Model):
    """What users select in their preferences, and how their activities are read."""

    _inherit = "res.users"

    track_digest = fields.Selection(
        DIGESTS,
        string="Morning E-Mail",
        help="An e-mail at 7:00 with the activities that are late, due today, or due "
        "in the next 7 days. On a day without any, none is sent. If empty, the default "
        "in the settings applies.",
    )
    track_digest_default = fields.Char(
        string="Default of Morning E-Mail", compute="_compute_track_digest_default"
    )
    track_digest_day = fields.Date(
        string="Day of Morning E-Mail",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Last day, in the time zone of the user, for which an e-mail was sent or "
        "not needed.",
    )

    @api.depends_context("lang")
    def _compute_track_digest_default(self):
        field = self._fields["track_digest"]
        labels = dict(field._description_selection(self.env))
        label = labels[self._get_default_track_digest()]
        self.track_digest_default = self.env._("Default: %s", label)

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS,
            "track_calendar_key_ids",
            "track_digest",
            "track_digest_default",
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "track_digest"]

    @api.model
    def _get_default_track_digest(self):
        """The option of users who have not selected one.

        :return: str, one of ``DIGESTS``
        """
        default = get_parameter(self.env, "crm_tracks_reminders.digest")
        return default if default in dict(DIGESTS) else "none"

    def _get_track_zone(self):
        """The name of the time zone in which the days of this user begin."""
        return self.tz or get_company_zone(self.company_id)

    def _get_track_today(self):
        """The current day in the time zone of this user."""
        return get_day(fields.Datetime.now(), self._get_track_zone())

    def _get_track_lang(self):
        """The code of the language of this user; False for none, and for a language
        that is no longer active, in which nothing can be read.
        """
        return self.env["res.lang"]._get_code(self.lang)

    def _get_track_reader(self):
        """The environment in which this user reads: with the user's own rights,
        language and time zone, in all of the user's companies, the main one first.
        """
        self.ensure_one()
        companies = self.company_id | self.company_ids
        reader = self.with_user(self).with_context(
            lang=self._get_track_lang(),
            tz=self._get_track_zone(),
            allowed_company_ids=companies.ids,
        )
        return reader.env
