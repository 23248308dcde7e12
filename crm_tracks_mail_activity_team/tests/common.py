from odoo import Command

from odoo.addons.crm_tracks.tests.common import TracksCase


class ActivityTeamCase(TracksCase):
    """A team of activities, and a template whose second task is for this team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls.seller_all
        cls.member_2 = cls.manager
        cls.team = cls.make_team("Back office", cls.member + cls.member_2)
        cls.template = cls.make_chain("Call", "Check", "Write")
        cls.line = cls.template.line_ids.sorted()[1]
        cls.line.activity_team_id = cls.team
        cls.lead = cls.make_leads()

    @classmethod
    def make_team(cls, name, members, **values):
        return cls.env["mail.activity.team"].create(
            {"name": name, "member_ids": [Command.set(members.ids)], **values}
        )

    def start(self, lead=None):
        """Start the track, complete its first task, and return it with the second."""
        run = (lead or self.lead).with_user(self.seller).tracks_apply(self.template)
        self.tick(run, "Call")
        return run.sudo(), self.get_task(run, "Check")

    def assertAssigned(self, task, team, user):
        """The open task and its activity have this team and user, or none."""
        self.assertActivityFollows(task)
        self.assertEqual(task.activity_id.team_id, team)
        self.assertEqual(task.user_id, user)
