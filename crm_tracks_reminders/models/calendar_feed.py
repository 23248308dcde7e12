import re

import vobject
from dateutil import tz

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.base.models.res_users import API_KEY_SIZE, INDEX_SIZE, check_identity
from odoo.addons.crm_tracks.tools.parameters import get_parameter

# The scope of the keys, which open nothing else; keys of other scopes do not open it.
SCOPE = "crm_tracks.calendar"
KEY = re.compile(rf"[0-9a-f]{{{2 * API_KEY_SIZE}}}")
# Characters that a calendar must not contain, even escaped.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text):
    """The text without characters that calendars do not allow."""
    return CONTROLS.sub("", text)


class ResUsers(models.Model):
    """The calendar feed: the open activities of a user as a file for calendar programs,
    at an address that contains a key.

    The keys are API keys of Odoo with a scope of their own: they are stored as hashes,
    expire, and are deleted in the preferences.
    """

    _inherit = "res.users"

    # How many activities a feed has: those that are due next to today.
    _CALENDAR_LIMIT = 1000

    track_calendar_key_ids = fields.One2many(
        "res.users.apikeys",
        "user_id",
        string="Calendar Addresses",
        domain=[("scope", "=", SCOPE)],
        readonly=True,
    )

    @check_identity
    def action_subscribe_calendar(self):
        """Open the dialog that creates an address.

        :return: an action
        """
        return {
            "type": "ir.actions.act_window",
            "res_model": "track.calendar.address",
            "name": self.env._("Subscribe in a Calendar"),
            "target": "new",
            "views": [(False, "form")],
        }

    def _make_track_calendar_url(self, name, expiration):
        """Create an address of the calendar of the current user.

        :param str name: by which the user recognizes the address
        :param datetime expiration: when it expires
        :return: str, with the secret, which cannot be read again
        :raise ValidationError: when users like this one may not have it for so long
        """
        keys = self.env["res.users.apikeys"]
        key = keys._generate(SCOPE, name, expiration)
        return f"{self.env.user.get_base_url()}/tracks/calendar/{key}.ics"

    @api.model
    def _find_by_track_calendar_key(self, key):
        """The user whose calendar this key opens.

        :param str key: as a caller sent it
        :return: ``res.users``; empty for keys that are unknown, deleted, expired or for
            another purpose, and for users who are no active internal users
        """
        nobody = self.browse()
        if not KEY.fullmatch(key) or not self._is_track_calendar_key(key):
            return nobody
        keys = self.env["res.users.apikeys"].sudo()
        user = self.browse(keys._check_credentials(scope=SCOPE, key=key) or ())
        return user if user and user._is_internal() else nobody

    @api.model
    def _is_track_calendar_key(self, key):
        """Whether there may be such a key for calendars.

        Odoo accepts keys without a scope for every scope. Such a key gives full access
        to its user, and does not belong into an address.
        """
        self.env.cr.execute(
            "SELECT 1 FROM res_users_apikeys WHERE index = %s AND scope = %s",
            [key[:INDEX_SIZE], SCOPE],
        )
        return bool(self.env.cr.fetchone())

    def _get_track_calendar(self):
        """The open activities of this user, for calendar programs.

        :return: bytes, a calendar as of RFC 5545; the same until an activity changes
        """
        self.ensure_one()
        activities = self._find_track_calendar_activities()
        env = self._get_track_reader()
        calendar = vobject.iCalendar()
        calendar.add("prodid").value = "-//Odoo//Tracks: Reminders//EN"
        calendar.add("method").value = "PUBLISH"
        calendar.add("x-wr-calname").value = clean(
            env._("Activities of %s", self.display_name)
        )
        # how often to ask again
        calendar.add("x-published-ttl").value = "PT1H"
        database = get_parameter(self.env, "database.uuid")
        for reminder in activities._get_reminders(self):
            self._add_to_track_calendar(env, calendar, reminder, database)
        return calendar.serialize().encode()

    def _find_track_calendar_activities(self):
        """The activities of the calendar of this user, in the order of their dates.

        :return: ``mail.activity`` in sudo; of too many, those before and after today
            whose date is the nearest
        """
        Activity = self.env["mail.activity"].sudo()
        domain = Activity._get_reminder_domain(self)
        limit, today = self._CALENDAR_LIMIT, self._get_track_today()
        coming = Activity.search(
            domain & Domain("date_deadline", ">=", today),
            order="date_deadline, id",
            limit=limit,
        )
        late = Activity.search(
            domain & Domain("date_deadline", "<", today),
            order="date_deadline DESC, id DESC",
            limit=limit,
        )
        nearest = (coming + late).sorted(
            lambda activity: abs((activity.date_deadline - today).days)
        )
        return nearest[:limit].sorted(lambda found: (found.date_deadline, found.id))

    @api.model
    def _add_to_track_calendar(self, env, calendar, reminder, database):
        """Add an activity as an event of a whole day.

        :param env: with the language of the user
        :param calendar: of ``vobject``
        :param Reminder reminder: the activity
        :param str database: the identifier of this database
        """
        event = calendar.add("vevent")
        event.add("uid").value = f"mail-activity-{reminder.activity_id}@{database}"
        event.add("dtstamp").value = reminder.modified.replace(tzinfo=tz.UTC)
        start = event.add("dtstart")
        # as text, because vobject only knows values whose type is exactly “date”
        start.isNative = False
        start.value_param = "DATE"
        start.value = reminder.day.strftime("%Y%m%d")
        title = reminder.name
        if reminder.record:
            title = env._(
                "%(record)s: %(activity)s",
                record=reminder.record,
                activity=reminder.name,
            )
        event.add("summary").value = clean(title)
        lines = [reminder.url]
        if reminder.track:
            lines.insert(0, env._("Track: %s", reminder.track))
        event.add("description").value = clean("\n".join(lines))
        event.add("url").value = reminder.url
        # the user is not busy all day
        event.add("transp").value = "TRANSPARENT"
