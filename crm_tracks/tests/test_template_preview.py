from datetime import date

from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestTemplatePreview(TracksCase):
    """A template reads as sentences, and shows its days before anything is started."""

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

    def assertPreview(self, template, expected):
        self.assertEqual(
            [
                (line.preview_day and line.preview_day.isoformat(), line.preview_hint)
                for line in template.line_ids.sorted()
            ],
            expected,
        )

    @users("tracks_manager")
    def test_each_task_reads_as_a_sentence(self):
        template = self.template.with_user(self.env.user)
        self.assertEqual(
            template.line_ids.mapped("sentence"),
            [
                "Day 0 · Call · owner",
                "2 weekdays after “Call” · Send the offer · whoever did “Call”",
                "1 month after the start · To-Do · Seller",
                "Same day as “To-Do” · File it · whoever starts the track",
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

    def test_the_words_are_those_of_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        line = self.template.line_ids[0]
        english = line.preview_hint
        self.assertEqual(english, "Wednesday")
        self.assertEqual(line.with_context(lang="fr_FR").preview_hint, "mercredi")

    @users("tracks_manager")
    def test_the_preview_begins_today_and_follows_the_date_one_types_in(self):
        template = self.template.with_user(self.env.user)
        self.assertEqual(template.preview_date, self.TODAY)
        self.assertEqual(
            self.change(template, preview_date="2026-03-05")["preview_day"],
            [date(2026, 3, 5), date(2026, 3, 9), date(2026, 4, 5), date(2026, 4, 5)],
        )
        template.preview_date = date(2026, 3, 5)
        self.assertPreview(
            template,
            [
                ("2026-03-05", "Thursday"),
                ("2026-03-09", "Monday, at the earliest"),
                ("2026-04-05", "Sunday, a day off"),
                ("2026-04-05", "Sunday, at the earliest, a day off"),
            ],
        )

    def test_the_preview_is_what_the_engine_does(self):
        template = self.template
        lead = self.make_leads()
        template.preview_date = self.TODAY
        days = template.line_ids.mapped("preview_day")
        track = lead.with_user(self.seller).tracks_apply(template)
        tasks = track.line_ids.sorted()
        for task, day in zip(tasks, days, strict=True):
            self.assertEqual(task.date_deadline, day, task.summary)
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
        self.assertPreview(
            template, [("2026-03-04", "Wednesday"), ("2026-03-17", "Tuesday")]
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
        self.assertPreview(
            self.template,
            [
                ("2026-03-07", "Saturday"),
                ("2026-03-21", "Saturday, at the earliest"),
                ("2026-04-07", "Tuesday, a day off"),
                ("2026-04-07", "Tuesday, at the earliest, a day off"),
            ],
        )

    @users("tracks_manager")
    def test_what_one_types_shows_at_once_and_nonsense_shows_no_date(self):
        template = self.template.with_user(self.env.user)
        call, offer, todo, file_it = template.line_ids
        shown = self.change(template, line_ids=[[1, call.id, {"summary": "Ring"}]])
        self.assertEqual(
            shown["sentence"][:2],
            [
                "Day 0 · Ring · owner",
                "2 weekdays after “Ring” · Send the offer · whoever did “Ring”",
            ],
        )
        for count, day in ((-1, False), (3, date(2026, 3, 9))):
            shown = self.change(
                template, line_ids=[[1, offer.id, {"delay_count": count}]]
            )
            self.assertEqual(shown["preview_day"][1], day)
        # moved before the one it waited for, and one more behind it
        shown = self.change(
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
            sorted(shown["sentence"]),
            [
                "2 weekdays after “File it” · Send the offer · whoever did “File it”",
                "Day 0 · Call · owner",
                "Same day as “Call” · File it · whoever starts the track",
                "Same day as “Send the offer” · Rest · owner",
            ],
        )

    def change(self, template, **values):
        """What a form shows of each task after this change, as its client is told.

        :return: dict of lists, by field
        """
        names = ("sentence", "preview_day", "preview_hint")
        spec = {name: {} for name in (*names, "summary", "delay_count", "sequence")}
        result = template.onchange(
            {**({"id": template.id} if template else {}), **values},
            list(values),
            {"preview_date": {}, "line_ids": {"fields": spec}},
        )
        lines = {line.id: {n: line[n] for n in names} for line in template.line_ids}
        for command in values.get("line_ids", ()):
            if command[0] == 2:
                del lines[command[1]]
        for _code, id_, vals in result["value"].get("line_ids", ()):
            lines.setdefault(id_, {}).update(vals)
        return {name: [shown[name] for shown in lines.values()] for name in names}

    @users("tracks_manager")
    def test_new_tasks_read_anew_too_whatever_the_form_showed_of_them(self):
        shown = self.change(
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
                        "sentence": "Same day as “Call”",
                        "preview_day": "2026-01-01",
                    },
                ],
            ],
        )
        self.assertEqual(
            shown["sentence"],
            ["Day 0 · Ring · owner", "Same day as “Ring” · Offer · owner"],
        )
        self.assertEqual(shown["preview_day"], [date(2026, 3, 6)] * 2)

    def test_a_day_outside_of_the_calendar_is_left_empty(self):
        self.template.line_ids[2].write({"delay_count": 9999})
        self.template.preview_date = date(9990, 1, 1)
        self.assertFalse(self.template.line_ids[2].preview_day)
        self.assertTrue(self.template.line_ids[0].preview_day)

    @users("tracks_manager")
    def test_the_preview_is_for_looking_and_is_not_kept(self):
        template = self.template.with_user(self.env.user)
        template.write({"preview_date": "2030-01-01"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(template.preview_date, self.TODAY)

    def test_the_sentences_of_many_templates_cost_the_same(self):
        def read(templates):
            templates.line_ids.mapped("sentence")
            templates.line_ids.mapped("preview_day")

        templates = self.env["track.template"]
        for _number in range(12):
            templates += self.make_chain("One", "Two", "Three")
        read(templates)
        few = self.count_queries(lambda: read(templates[:2]))
        many = self.count_queries(lambda: read(templates[2:]))
        # each template counts with days off of its own: one schedule a template
        self.assertLessEqual(many, few + 3 * 8)
