from datetime import date
from unittest.mock import patch

from odoo.tests import tagged, users

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestTemplatePreview(TracksCase):
    """Tasks of a template are shown as sentences, with a timeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Call", "responsible_type": "owner"},
            {
                "summary": "Send the offer",
                "delay_count": 2,
                "delay_unit": "weekdays",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
            {
                "activity_type_id": cls.type_todo.id,
                "delay_count": 1,
                "delay_unit": "months",
                "responsible_type": "user",
                "responsible_id": cls.seller.id,
            },
            {
                "summary": "File it",
                "delay_from": "previous",
                "responsible_type": "starter",
            },
        )

    def assertTimeline(self, template, expected):
        """The tasks of the timeline: (day, whether it waits, whether on a day off)."""
        self.assertEqual(self.get_days(template.timeline), expected)

    def get_days(self, timeline):
        return [(task["day"], task["waits"], task["off"]) for task in timeline["tasks"]]

    @users("tracks_manager")
    def test_each_task_reads_as_a_sentence(self):
        template = self.template.with_user(self.env.user)
        self.assertEqual(
            template.line_ids.mapped("sentence"),
            [
                "Day 0 · Call · owner",
                "2 weekdays after <em>Call</em> · Send the offer · "
                "same user as <em>Call</em>",
                "1 month after the start · To-Do · Seller",
                "Same day as <em>To-Do</em> · File it · user starting the track",
            ],
        )

    def test_a_task_back_from_the_end_reads_as_a_sentence(self):
        template = self.make_template(
            {
                "summary": "Invite",
                "delay_count": 1,
                "delay_unit": "weeks",
                "delay_from": "end",
            },
            {"summary": "Welcome", "delay_unit": "weekdays", "delay_from": "end"},
            direction="end",
        )
        self.assertEqual(
            template.line_ids.mapped("sentence"),
            [
                "1 week before the end · Invite · owner",
                "Last working day · Welcome · owner",
            ],
        )

    def test_what_odoo_does_is_done_by_itself(self):
        template = self.make_template(
            {
                "action": "track",
                "next_template_id": self.make_chain("Ask", name="Asking").id,
            }
        )
        self.assertEqual(
            template.line_ids.sentence, "Day 0 · Start: Asking · automated"
        )

    def test_what_people_wrote_is_text_and_no_html(self):
        self.template.line_ids[0].summary = "<b>Call</b>"
        self.assertEqual(
            self.template.line_ids[:2].mapped("sentence"),
            [
                "Day 0 · &lt;b&gt;Call&lt;/b&gt; · owner",
                "2 weekdays after <em>&lt;b&gt;Call&lt;/b&gt;</em> · Send the offer · "
                "same user as <em>&lt;b&gt;Call&lt;/b&gt;</em>",
            ],
        )

    @users("tracks_manager")
    def test_the_preview_begins_today_and_follows_the_date_one_types_in(self):
        template = self.template.with_user(self.env.user)
        self.assertEqual(template.preview_date, self.TODAY)
        expected = [
            ("2026-03-05", False, False),
            ("2026-03-09", True, False),
            ("2026-04-05", False, True),
            ("2026-04-05", True, True),
        ]
        _sentences, timeline = self.change(template, preview_date="2026-03-05")
        self.assertEqual(self.get_days(timeline), expected)
        template.preview_date = date(2026, 3, 5)
        self.assertTimeline(template, expected)

    def test_each_task_counts_from_a_day_of_the_timeline(self):
        self.template.preview_date = date(2026, 3, 5)
        timeline = self.template.timeline
        self.assertEqual(timeline["day"], "2026-03-05")
        self.assertEqual(
            [(task["label"], task["since"]) for task in timeline["tasks"]],
            [
                ("Call", "2026-03-05"),
                ("Send the offer", "2026-03-05"),
                ("To-Do", "2026-03-05"),
                ("File it", "2026-04-05"),
            ],
        )

    def test_the_days_off_are_marked_unless_the_time_is_long(self):
        self.template.preview_date = date(2026, 3, 5)
        self.assertEqual(
            self.template.timeline["days_off"][:3],
            ["2026-03-07", "2026-03-08", "2026-03-14"],
        )
        self.template.line_ids[2].delay_count = 4
        self.assertEqual(self.template.timeline["days_off"], [])

    def test_nothing_is_drawn_without_tasks_or_without_a_day(self):
        template = self.env["track.template"].create({"name": "Empty"})
        self.assertFalse(template.timeline)
        self.template.preview_date = False
        self.assertFalse(self.template.timeline)

    def test_the_preview_is_what_the_engine_does(self):
        template = self.template
        lead = self.make_leads()
        template.preview_date = self.TODAY
        days = [task["day"] for task in template.timeline["tasks"]]
        track = lead.with_user(self.seller).tracks_apply(template)
        tasks = track.line_ids.sorted()
        for task, day in zip(tasks, days, strict=True):
            self.assertEqual(str(task.date_deadline), day, task.summary)
            with self.at(f"{day} 10:00:00"):
                self.tick(track, task.summary)

    def test_back_from_the_end_the_preview_begins_where_nothing_is_late(self):
        template = self.make_template(
            {
                "summary": "Book",
                "delay_count": 2,
                "delay_unit": "weeks",
                "delay_from": "end",
            },
            {
                "summary": "Pack",
                "delay_count": 1,
                "delay_unit": "days",
                "delay_from": "end",
            },
            direction="end",
        )
        self.assertEqual(template.preview_date, date(2026, 3, 18))
        self.assertTimeline(
            template, [("2026-03-04", False, False), ("2026-03-17", False, False)]
        )

    def test_days_off_are_those_of_the_templates_company(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Weekend",
                "company_id": self.company_2.id,
                "tz": "UTC",
                "attendance_ids": [
                    (5, 0, 0),
                    (
                        0,
                        0,
                        {
                            "name": "Saturday",
                            "dayofweek": "5",
                            "hour_from": 8,
                            "hour_to": 16,
                        },
                    ),
                ],
            }
        )
        self.company_2.resource_calendar_id = calendar
        self.template.company_id = self.company_2
        self.template.preview_date = date(2026, 3, 7)
        self.assertTimeline(
            self.template,
            [
                ("2026-03-07", False, False),
                ("2026-03-21", True, False),
                ("2026-04-07", False, True),
                ("2026-04-07", True, True),
            ],
        )

    @users("tracks_manager")
    def test_what_one_types_shows_at_once_and_nonsense_shows_no_date(self):
        template = self.template.with_user(self.env.user)
        call, offer, todo, file_it = template.line_ids
        sentences, timeline = self.change(
            template, line_ids=[[1, call.id, {"summary": "Ring"}]]
        )
        self.assertEqual(
            sentences[:2],
            [
                "Day 0 · Ring · owner",
                "2 weekdays after <em>Ring</em> · Send the offer · "
                "same user as <em>Ring</em>",
            ],
        )
        self.assertEqual(timeline["tasks"][0]["label"], "Ring")
        for count, day in ((-1, False), (3, "2026-03-09")):
            _sentences, timeline = self.change(
                template, line_ids=[[1, offer.id, {"delay_count": count}]]
            )
            self.assertEqual(timeline["tasks"][1]["day"], day)
        # moved before its previous task, with another task behind it
        sentences, timeline = self.change(
            template,
            line_ids=[
                [1, file_it.id, {"sequence": 2}],
                [1, offer.id, {"sequence": 3}],
                [2, todo.id, False],
                [
                    0,
                    "virtual_1",
                    {"summary": "Rest", "sequence": 9, "delay_from": "previous"},
                ],
            ],
        )
        self.assertEqual(
            sorted(sentences),
            [
                "2 weekdays after <em>File it</em> · Send the offer · "
                "same user as <em>File it</em>",
                "Day 0 · Call · owner",
                "Same day as <em>Call</em> · File it · user starting the track",
                "Same day as <em>Send the offer</em> · Rest · owner",
            ],
        )
        self.assertEqual(
            [task["label"] for task in timeline["tasks"]],
            ["Call", "File it", "Send the offer", "Rest"],
        )

    def change(self, template, **values):
        """The values that the form shows after this change.

        :return: (the sentences of the tasks, the timeline)
        """
        spec = dict.fromkeys(("sentence", "summary", "delay_count", "sequence"), {})
        result = template.onchange(
            {**({"id": template.id} if template else {}), **values},
            list(values),
            {"preview_date": {}, "timeline": {}, "line_ids": {"fields": spec}},
        )
        sentences = {line.id: line.sentence for line in template.line_ids}
        for command in values.get("line_ids", ()):
            if command[0] == 2:
                del sentences[command[1]]
        for _code, id_, vals in result["value"].get("line_ids", ()):
            sentences[id_] = vals.get("sentence", sentences.get(id_))
        return list(sentences.values()), result["value"].get("timeline")

    @users("tracks_manager")
    def test_a_row_that_is_deleted_on_the_form_is_gone(self):
        template = self.make_template(
            {"summary": "Ring"}, {"summary": "Offer", "delay_from": "previous"}
        ).with_user(self.env.user)
        ring, offer = template.line_ids
        # as the web client sends it
        sentences, _timeline = self.change(template, line_ids=[[2, ring.id]])
        self.assertEqual(len(sentences), 1)
        self.assertNotIn("Ring", sentences[0])
        self.assertIn("Offer", sentences[0])

    @users("tracks_manager")
    def test_new_tasks_read_anew_too_whatever_the_form_showed_of_them(self):
        sentences, timeline = self.change(
            self.env["track.template"],
            direction="start",
            preview_date="2026-03-06",
            line_ids=[
                [
                    0,
                    "virtual_1",
                    {"summary": "Ring", "sequence": 1, "sentence": "Day 0 · Call"},
                ],
                [
                    0,
                    "virtual_2",
                    {
                        "summary": "Offer",
                        "sequence": 2,
                        "delay_from": "previous",
                        "sentence": "Same day as <em>Call</em>",
                    },
                ],
            ],
        )
        self.assertEqual(
            sentences,
            ["Day 0 · Ring · owner", "Same day as <em>Ring</em> · Offer · owner"],
        )
        days = [task["day"] for task in timeline["tasks"]]
        self.assertEqual(days, ["2026-03-06"] * 2)

    def test_a_day_outside_of_the_calendar_is_left_empty_and_what_waits_for_it(self):
        self.template.line_ids[2].write({"delay_count": 9999})
        self.template.preview_date = date(2990, 1, 1)
        days = [task["day"] for task in self.template.timeline["tasks"]]
        self.assertEqual(days, ["2990-01-01", "2990-01-05", False, False])

    @users("tracks_manager")
    def test_the_preview_is_for_looking_and_is_not_kept(self):
        template = self.template.with_user(self.env.user)
        template.write({"preview_date": "2030-01-01"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(template.preview_date, self.TODAY)

    def test_the_sentences_go_through_each_template_once(self):
        """Linear in tasks, as in the tab."""
        Line = type(self.env["track.line"])
        get_siblings = Line._get_siblings
        template = self.make_chain(*map(str, range(50)))
        template.invalidate_recordset()
        with patch.object(Line, "_get_siblings", autospec=True) as siblings:
            siblings.side_effect = get_siblings
            sentences = template.line_ids.mapped("sentence")
        self.assertEqual(len(sentences), 50)
        self.assertLessEqual(siblings.call_count, 1)

    @tagged_test(QUERIES)
    def test_the_sentences_of_many_templates_cost_the_same(self):
        def read(templates):
            templates.line_ids.mapped("sentence")
            templates.mapped("timeline")

        templates = self.env["track.template"]
        for _number in range(12):
            templates += self.make_chain("One", "Two", "Three")
        read(templates)
        few = self.count_queries(lambda: read(templates[:2]))
        many = self.count_queries(lambda: read(templates[2:]))
        # each template reads its own days off: one schedule for each template
        self.assertLessEqual(many, few + 3 * 8)
