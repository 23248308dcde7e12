import logging
from datetime import timedelta

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import babel_locale_parse, format_date, get_lang, split_every

from odoo.addons.crm_tracks.tools.dates import (
    WorkingDaysByCompany,
    get_day,
    get_start_of_day,
)

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    """The morning mail: at 7:00, in the time zone of each user, one e-mail with what is
    late, due today, or due soon.

    The scheduled action runs several times an hour. It looks at each user once a day,
    from 7:00 until midnight, and stores the day in the same transaction as the e-mail.
    So a run that is killed sends nothing twice, and the next one continues. A day off
    and a day without activities are stored, too.
    """

    _inherit = "res.users"

    # How many users are dealt with between two commits.
    _DIGEST_BATCH = 50
    # When the e-mails are sent, in the time zone of each user.
    _DIGEST_HOUR = 7
    # How many days after today an e-mail announces.
    _DIGEST_DAYS = 7
    # How many activities an e-mail lists of each kind; further ones are only counted.
    _DIGEST_LISTED = 20
    # The kinds of activities in their order, and the colors of their headings.
    _DIGEST_COLORS = {"late": "#b02a37", "today": "#8a5a00", "soon": "#146c43"}
    # They avoid out-of-office replies.
    _DIGEST_HEADERS = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF",
    }

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _cron_track_digest(self):
        """Send the e-mails that are due; never raises."""
        due = self.sudo()._search_track_digest_due()
        self.env["track.run"]._cron_in_batches(
            [due.browse(ids) for ids in split_every(self._DIGEST_BATCH, due.ids)],
            lambda batch: batch._send_track_digests(),
            lambda user, error: user._give_up_track_digest(error),
        )

    @api.model
    def _search_track_digest_due(self):
        """The users who are to be dealt with now."""
        # in some time zones it is tomorrow already
        latest = fields.Date.today() + timedelta(days=1)
        domain = (
            Domain("share", "=", False)
            & Domain("email", "!=", False)
            & Domain("track_digest", "!=", "none")
            & (
                Domain("track_digest_day", "=", False)
                | Domain("track_digest_day", "<", latest)
            )
        )
        if self._get_default_track_digest() == "none":
            domain &= Domain("track_digest", "!=", False)
        names = ["tz", "company_id", "track_digest", "track_digest_day"]
        return self.search_fetch(domain, names, order="id")._filter_track_digest_due()

    def _filter_track_digest_due(self):
        """Those of these users whose morning has come, and was not dealt with."""
        now = fields.Datetime.now()

        def is_due(user):
            zone = user._get_track_zone()
            today = get_day(now, zone)
            return now >= get_start_of_day(today, zone, self._DIGEST_HOUR) and (
                not user.track_digest_day or user.track_digest_day < today
            )

        return self.filtered(is_due)

    def _give_up_track_digest(self, error):
        """Leave this user without an e-mail today, because it cannot be written.

        :param error: None after a conflict, after which the next run tries again
        """
        if error:
            _logger.warning("Tracks: %s gets no morning mail today: %s", self, error)
            # otherwise the failure would be repeated all day
            self._mark_track_digest()

    # ------------------------------------------------------------------
    # One batch
    # ------------------------------------------------------------------

    def _send_track_digests(self):
        """Send their e-mails to those of these users who are not locked by others."""
        locked = self.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        # again, because a user or another run may have changed it meanwhile
        users = self.search([("id", "in", locked.ids), ("share", "=", False)])
        users = users._filter_track_digest_due().filtered("email")
        default = self._get_default_track_digest()
        working_days = WorkingDaysByCompany()
        readers = self.browse()
        for user in users:
            option = user.track_digest or default
            company, today = user.company_id, user._get_track_today()
            if option == "daily" or (
                option == "weekdays" and working_days[company].is_working(today)
            ):
                readers |= user
        if vals_list := readers._prepare_track_digests():
            self.env["mail.mail"].create(vals_list)
            queue = self.env.ref(
                "mail.ir_cron_mail_scheduler_action", raise_if_not_found=False
            )
            if queue:
                queue.sudo()._trigger()
        users._mark_track_digest()

    def _mark_track_digest(self):
        """Store that the day of these users was dealt with."""
        for today, users in self.grouped(lambda user: user._get_track_today()).items():
            users.write({"track_digest_day": today})

    def _prepare_track_digests(self):
        """The values of the e-mails to these users.

        :return: list of dicts for ``mail.mail``; none for users without activities
        """
        if not self:
            return []
        last = max(user._get_track_today() for user in self)
        last += timedelta(days=self._DIGEST_DAYS)
        Activity = self.env["mail.activity"]
        activities = Activity.search(
            Activity._get_reminder_domain(self) & Domain("date_deadline", "<=", last),
            order="date_deadline, id",
        )
        # read once for all users what does not depend on the user
        activities.track_run_line_id.run_id.mapped("name")
        by_user = activities.grouped("user_id")
        vals_list = []
        for user in self:
            if user in by_user:
                vals_list += user._prepare_track_digest(by_user[user])
        return vals_list

    # ------------------------------------------------------------------
    # One e-mail
    # ------------------------------------------------------------------

    def _prepare_track_digest(self, activities):
        """The values of the e-mail to this user.

        :param activities: ``mail.activity`` of the user, in sudo
        :return: list of a dict for ``mail.mail``; empty without anything to say
        """
        self.ensure_one()
        today = self._get_track_today()
        parts = self._sort_reminders(activities._get_reminders(self), today)
        if not any(parts.values()):
            return []
        env = self.with_context(lang=self._get_track_lang()).env
        sender = self.company_id.email_formatted
        sender = sender or self.env.ref("base.user_root").email_formatted
        return [
            {
                "subject": self._get_track_digest_subject(env, parts),
                "body_html": self._render_track_digest(env, parts, today),
                "author_id": self.env.ref("base.partner_root").id,
                "email_from": sender,
                "reply_to": sender,
                "email_to": self.email_formatted,
                "message_type": "email_outgoing",
                "auto_delete": True,
                "headers": repr(self._DIGEST_HEADERS),
            }
        ]

    def _sort_reminders(self, reminders, today):
        """What an e-mail contains of the activities of its reader.

        :param reminders: list of ``Reminder``
        :param date today: in the time zone of the reader
        :return: dict of lists by kind, in their order: ``late``, ``today``, ``soon``
        """
        last = today + timedelta(days=self._DIGEST_DAYS)
        return {
            "late": [reminder for reminder in reminders if reminder.day < today],
            "today": [reminder for reminder in reminders if reminder.day == today],
            "soon": [
                reminder for reminder in reminders if today < reminder.day <= last
            ],
        }

    @api.model
    def _get_track_digest_subject(self, env, parts):
        """The subject of the e-mail: how many activities it has of each kind.

        :param env: with the language of the user
        :param dict parts: lists of ``Reminder`` by kind
        """
        count = {kind: len(reminders) for kind, reminders in parts.items()}
        texts = [
            count["late"] and env._("%s late", count["late"]),
            count["today"] and env._("%s due today", count["today"]),
            count["soon"] and env._("%s due in the next 7 days", count["soon"]),
        ]
        return env._("Your activities: %s", ", ".join(filter(None, texts)))

    def _render_track_digest(self, env, parts, today):
        """The content of the e-mail to this user.

        :param env: with the language of the user
        :param dict parts: lists of ``Reminder`` by kind, in their order
        :param date today: in the time zone of the user
        """
        lang, company, url = get_lang(env), self.company_id, self.get_base_url()
        is_rtl = lang.direction == "rtl"
        return env["ir.qweb"]._render(
            "crm_tracks_reminders.message_morning",
            {
                "lang": lang,
                "start": "right" if is_rtl else "left",
                "end": "left" if is_rtl else "right",
                # as the buttons of Odoo's e-mails
                "color": company.email_secondary_color or "#875A7B",
                "color_on": company.email_primary_color or "#FFFFFF",
                "today": format_date(env, today, date_format="full"),
                "parts": self._prepare_track_digest_parts(env, parts),
                "format_day": lambda day: self._format_track_day(lang, day, today),
                "activities_url": f"{url}/odoo/action-mail.mail_activity_action_my",
                "preferences_url": f"{url}/odoo/my-preferences/{self.id}",
            },
            minimal_qcontext=True,
        )

    @api.model
    def _prepare_track_digest_parts(self, env, parts):
        """What the e-mail shows of each kind; parameters of `_render_track_digest`.

        :return: list of dicts, without kinds that have no activities
        """
        titles = {
            "late": env._("Late"),
            "today": env._("Due Today"),
            "soon": env._("Due in the Next 7 Days"),
        }
        return [
            {
                "kind": kind,
                "title": f"{titles[kind]} ({len(reminders)})",
                "color": self._DIGEST_COLORS[kind],
                "reminders": reminders[: self._DIGEST_LISTED],
                "more": max(len(reminders) - self._DIGEST_LISTED, 0),
            }
            for kind, reminders in parts.items()
            if reminders
        ]

    @api.model
    def _format_track_day(self, lang, day, today):
        """A day with its weekday, and with its year unless that is the current one.

        :param lang: as of ``get_lang``
        """
        skeleton = "MMMEd" if day.year == today.year else "yMMMEd"
        locale = babel_locale_parse(lang.code)
        return format_skeleton(skeleton, day, locale=locale)
