from lxml import html

from odoo.addons.crm_tracks.tests.common import TracksCase


class RemindersCase(TracksCase):
    """Users with activities, and the scheduled action of the morning mail."""

    # 7:00 in Brussels, where the users live
    MORNING = "2026-03-04 06:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("crm_tracks_reminders.digest", False)
        # those of demo data
        cls.env["res.users"].search([]).track_digest = False
        cls.env.ref("mail.ir_cron_mail_scheduler_action").active = True

    @classmethod
    def make_activity(cls, record, user, day, summary="Call", **values):
        """An open activity of ``user``, due on this ISO date."""
        return (
            record.sudo()
            .with_context(mail_activity_quick_update=True)
            .activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=day,
                summary=summary,
                user_id=user.id,
                **values,
            )
        )

    def make_own_activity(self, user, day="2026-03-04", **values):
        """An open activity of ``user`` without a record, due on this ISO date."""
        # no notification: that of mail_activity_team would need a record
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        return activities.create({"user_id": user.id, "date_deadline": day, **values})

    def empty(self, activity):
        """Remove the summary and the type of an activity, as Odoo allows."""
        if "next_reminder" in activity._fields:
            self.skipTest("mail_activity_reminder cannot read activities without type")
        activity.write({"summary": False, "activity_type_id": False})

    def run_digest(self, moment=MORNING):
        """Run the scheduled action once, at this moment.

        :return: the e-mails that it queued, ``mail.mail``
        """
        before = self.env["mail.mail"].search([])
        cron = self.env.ref("crm_tracks_reminders.ir_cron_morning_mail").sudo()
        with self.at(moment), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return self.env["mail.mail"].search([], order="id") - before

    def get_lines(self, mail):
        """The text of an e-mail, as a list of str: its headings and paragraphs, and
        “activity – record and track – date” for each activity.
        """

        def read(element):
            return " ".join(element.text_content().split())

        lines = []
        for line in html.fromstring(str(mail.body_html)).xpath(
            "//p | //table//table//table//tr[td[2]]"
        ):
            texts = map(read, line.xpath("./td//a | ./td//div | ./td[2]") or [line])
            lines.append(" – ".join(filter(None, texts)))
        return lines
