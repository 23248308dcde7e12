from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestLimits(TracksCase):
    """The number of tasks of a template and of a track is limited."""

    LIMIT = 5

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.real_limit = cls.env["track.line"]._MAX_TASKS
        for name in ("track.line", "track.run.line"):
            cls.startClassPatcher(
                patch.object(cls.registry[name], "_MAX_TASKS", cls.LIMIT)
            )
        cls.template = cls.make_template(
            *({"summary": f"Task {number}"} for number in range(cls.LIMIT)), name="Full"
        )

    def assertRefused(self, change, name="Full", count=LIMIT + 1):
        message = f"“{name}” would have {count} tasks.*at most {self.LIMIT} tasks"
        with self.assertRaisesRegex(UserError, message), self.cr.savepoint():
            change()
        self.env.invalidate_all()

    def test_the_limit(self):
        self.assertEqual(self.real_limit, 500)

    def test_a_template_has_so_many_tasks_by_whatever_door(self):
        template = self.template.with_user(self.manager)
        Line = template.line_ids.browse()
        other = self.make_template({"summary": "Other"}, name="Other")
        many = [Command.create({"summary": "New"}) for _ in range(self.LIMIT + 1)]
        one_more = {"line_ids": many[:1]}
        for name, change in {
            "create": lambda: template.create({"name": "Full", "line_ids": many}),
            "write": lambda: template.write(one_more),
            "save": lambda: template.web_save(one_more, {}),
            "copy": lambda: template.copy({"name": "Full", "line_ids": many}),
            "create a task": lambda: Line.create(
                {"template_id": template.id, "summary": "New"}
            ),
            "move a task": lambda: other.line_ids.with_user(self.manager).write(
                {"template_id": template.id}
            ),
        }.items():
            with self.subTest(change=name):
                self.assertRefused(change)
        self.assertEqual(len(template.line_ids), self.LIMIT)
        # replacing a task is allowed at the limit
        template.write({"line_ids": [Command.delete(template.line_ids[0].id), many[0]]})

    def test_too_many_tasks_are_refused_before_they_are_created(self):
        vals = {"template_id": self.template.id, "summary": "New"}
        with patch.object(
            self.registry["track.line"], "_check_author", side_effect=AssertionError
        ):
            self.assertRefused(
                lambda: self.template.line_ids.create([vals] * (self.LIMIT + 1))
            )

    def test_an_import_has_so_many_tasks(self):
        rows = [["Full", "Task 0"], *(["", f"Task {n}"] for n in range(self.LIMIT))]
        result = (
            self.env["track.template"]
            .with_user(self.manager)
            .load(["name", "line_ids/summary"], rows)
        )
        self.assertFalse(result["ids"])
        self.assertIn("would have 6 tasks", result["messages"][0]["message"])

    def test_a_track_has_so_many_tasks_by_whatever_door(self):
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(self.template)
        vals = {"summary": "New"}
        Task = run.line_ids.browse()
        for name, change in {
            "create": lambda: Task.create({"run_id": run.id, **vals}),
            "create in sudo": lambda: Task.sudo().create({"run_id": run.id, **vals}),
            "write": lambda: run.write({"line_ids": [Command.create(vals)]}),
            "save": lambda: run.web_save({"line_ids": [Command.create(vals)]}, {}),
        }.items():
            with self.subTest(change=name):
                self.assertRefused(change)
        self.assertRefused(
            lambda: Task.create([{"run_id": run.id, **vals}] * 3),
            count=self.LIMIT + 3,
        )
        self.assertEqual(len(run.line_ids), self.LIMIT)
        run.line_ids[0].unlink()
        Task.create({"run_id": run.id, **vals})

    def test_a_template_from_before_the_limit_does_not_start(self):
        self.patch(self.registry["track.line"], "_MAX_TASKS", self.LIMIT - 1)
        lead = self.make_leads().with_user(self.seller)
        with self.assertRaisesRegex(UserError, "would have 5 tasks"):
            lead.tracks_apply(self.template)
        self.assertFalse(lead.track_run_ids)
