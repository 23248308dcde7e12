from contextlib import contextmanager
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import BaseCase, HttpCase, TransactionCase, new_test_user

# Kinds of tests that can be run, or left out, alone: CONTRIBUTING.md says how.
QUERIES = "crm_tracks_queries"
TOURS = "crm_tracks_tours"
HOOT = "crm_tracks_hoot"


def tagged_test(*tags):
    """Give one test tags of its own, beside those that ``tagged`` gives its class."""

    def decorate(method):
        method.tracks_tags = tags
        return method

    return decorate


def propose_lost_reason(env):
    """Fill in the reason in the dialog of lost leads, for other addons require one."""
    reason = env["crm.lost.reason"].create({"name": "Bought elsewhere"})
    env["ir.default"].set("crm.lead.lost", "lost_reason_id", reason.id)


class TaggedTests(BaseCase):
    """Tests that :func:`tagged_test` can tag one by one."""

    def get_method_additional_tags(self, test_method):
        tags = super().get_method_additional_tags(test_method)
        return [*tags, *getattr(test_method, "tracks_tags", ())]


class TemplateMaker:
    """Makes the templates of a test."""

    @classmethod
    def make_template(cls, *lines, **values):
        """A template with these tasks.

        :param lines: dicts of ``track.line`` values; the sequence follows their order
        """
        values.setdefault("name", "Sales follow-through")
        values["line_ids"] = [
            Command.create({"sequence": number, **line})
            for number, line in enumerate(lines, start=1)
        ]
        return cls.env["track.template"].create(values)

    @classmethod
    def make_chain(cls, *summaries, days=2, **values):
        """A template whose tasks each follow some days after the previous one."""
        return cls.make_template(
            *(
                {
                    "summary": summary,
                    "delay_count": days if number else 0,
                    "delay_from": "previous" if number else "start",
                }
                for number, summary in enumerate(summaries)
            ),
            **values,
        )


class TracksCase(TemplateMaker, TaggedTests, TransactionCase):
    """Users with real rights, and factories for templates, leads and working days.

    The clock is frozen at ``NOW``, a Wednesday, unless a test moves it with :meth:`at`.
    """

    NOW = "2026-03-04 10:00:00"
    TODAY = date(2026, 3, 4)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={
                **cls.env.context,
                "no_reset_password": True,
                "tracking_disable": True,
                "mail_create_nolog": True,
            }
        )
        if "base.automation" in cls.env:
            # Deactivate the automation rules of demo data. The context key avoids
            # rebuilding the models, which takes a second for each class.
            rules = cls.env["base.automation"].with_context(import_file=True).search([])
            rules.active = False
        cls._clear_conditions_of_demo_data()
        cls.startClassPatcher(freeze_time(cls.NOW))
        cls.company = cls.env.company
        cls.company_2 = cls.env["res.company"].create({"name": "Second Company"})
        cls.manager = cls.make_user("manager", "sales_team.group_sale_manager")
        cls.seller = cls.make_user("seller", "sales_team.group_sale_salesman")
        cls.seller_2 = cls.make_user("seller_2", "sales_team.group_sale_salesman")
        cls.seller_all = cls.make_user(
            "seller_all", "sales_team.group_sale_salesman_all_leads"
        )
        cls.employee = cls.make_user("employee", "base.group_user")
        cls.portal = cls.make_user("portal_user", "base.group_portal")
        cls.type_call = cls.env.ref("mail.mail_activity_data_call")
        cls.type_todo = cls.env.ref("mail.mail_activity_data_todo")

    @classmethod
    def _clear_conditions_of_demo_data(cls):
        """Let no track of demo data watch fields, wait for answers, or notify of late
        tasks, which would cost other tests queries.

        By SQL, because the tests of each class begin with it.
        """
        cls.env.cr.execute("""
            UPDATE track_run SET goal = NULL WHERE goal IS NOT NULL;
            UPDATE track_run SET on_reply = NULL WHERE on_reply IS NOT NULL;
            UPDATE track_run SET date_linked = NULL WHERE date_linked IS NOT NULL;
            UPDATE track_run SET remind_days = NULL, escalate_days = NULL
             WHERE remind_days IS NOT NULL OR escalate_days IS NOT NULL;
            UPDATE track_run_line SET date_attention = NULL
             WHERE date_attention IS NOT NULL;
            UPDATE track_run_line SET condition = NULL, condition_waits = NULL
             WHERE condition IS NOT NULL
        """)
        cls.env.invalidate_all()
        cls.env["track.run"]._forget_what_is_kept()

    @classmethod
    def make_user(cls, login, groups, **values):
        """A user with the login ``tracks_<login>`` and a name derived from it."""
        values.setdefault("tz", "Europe/Brussels")
        values.setdefault("name", login.replace("_", " ").title())
        return new_test_user(
            cls.env,
            login=f"tracks_{login}",
            groups=groups,
            email=f"{login}@tracks.example",
            **values,
        )

    @classmethod
    def make_leads(cls, count=1, user=None, **values):
        """Opportunities of ``user`` (default: the seller with own documents only)."""
        values.setdefault("type", "opportunity")
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"Opportunity {number}",
                    "user_id": (user or cls.seller).id,
                    **values,
                }
                for number in range(1, count + 1)
            ]
        )

    def make_meeting(self, task, day="2026-03-10"):
        """Schedule a meeting from the activity of this task, as users do."""
        return (
            self.env["calendar.event"]
            .with_user(task.user_id)
            .create(
                {
                    "name": "With the customer",
                    "start": f"{day} 09:00:00",
                    "stop": f"{day} 10:00:00",
                    "activity_ids": [Command.link(task.activity_id.id)],
                }
            )
            .sudo()
        )

    @contextmanager
    def at(self, moment):
        """Set the clock, for Python and for the transaction.

        :param str moment: UTC, ``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM:SS``
        """
        moment = datetime.fromisoformat(moment)
        with freeze_time(moment), patch.object(self.env.cr, "now", lambda: moment):
            yield

    def get_task(self, run, summary):
        """The one task of this track with this summary."""
        task = run.sudo().line_ids.filtered(lambda line: line.summary == summary)
        self.assertEqual(len(task), 1, f"one task called {summary}")
        return task

    def tick(self, run, summary, user=None, feedback=False):
        """Complete a task by its activity, as the assignee does in the chatter."""
        activity = self.get_task(run, summary).activity_id
        self.assertTrue(activity.active, f"{summary} has an open activity")
        activity.with_user(user or activity.user_id).action_feedback(feedback=feedback)

    def run_cron(self):
        """Run the hourly cron once, as the scheduler does."""
        cron = self.env.ref("crm_tracks.ir_cron_tracks").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def count_queries(self, function):
        """The number of queries of a call, from an empty cache to the flush."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def assertTasks(self, run, expected):
        """The states and dates of a track's tasks, in order.

        :param list expected: (summary, state, ISO date or None) for each task
        """
        actual = [
            (
                task.summary,
                task.state,
                task.date_deadline and task.date_deadline.isoformat() or None,
            )
            for task in run.sudo().line_ids.sorted()
        ]
        self.assertEqual(actual, expected)

    def assertActivityFollows(self, task):
        """The task is open, and its one activity has the same values."""
        activity = task.activity_id
        self.assertEqual(task.state, "open")
        self.assertEqual(len(activity), 1)
        self.assertTrue(activity.active)
        self.assertEqual(activity.res_model, task.run_id.res_model)
        self.assertEqual(activity.res_id, task.run_id.res_id)
        self.assertEqual(activity.summary, task.summary)
        self.assertEqual(activity.date_deadline, task.date_deadline)
        self.assertEqual(activity.user_id, task.user_id)


class PatientHttpCase(TemplateMaker, TaggedTests, HttpCase):
    """HTTP tests with a generous timeout, for busy machines.

    The timeout is no expectation about speed: it only ends a test that receives no
    answer.
    """

    PATIENCE = 300  # seconds
    test_cursor_lock_timeout = PATIENCE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        propose_lost_reason(cls.env)

    @classmethod
    def make_person(
        cls, groups, login="tracks_tour", name="Tina Tour", tz="Europe/Brussels"
    ):
        """The user at the browser, whose password is the login."""
        return new_test_user(
            cls.env, login=login, name=name, password=login, groups=groups, tz=tz
        )

    def url_open(self, *args, **kwargs):
        return super().url_open(*args, **{"timeout": self.PATIENCE, **kwargs})

    def make_jsonrpc_request(self, *args, **kwargs):
        return super().make_jsonrpc_request(
            *args, **{"timeout": self.PATIENCE, **kwargs}
        )

    def browser_js(self, *args, **kwargs):
        return super().browser_js(*args, **{"timeout": self.PATIENCE, **kwargs})

    def start_tour(self, *args, **kwargs):
        return super().start_tour(*args, **{"timeout": self.PATIENCE, **kwargs})

    def _wait_remaining_requests(self, timeout=PATIENCE):
        return super()._wait_remaining_requests(timeout)
