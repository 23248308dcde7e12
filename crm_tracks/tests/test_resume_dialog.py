from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .test_pausing import PausingCase


@tagged("post_install", "-at_install")
class TestResumeDialog(PausingCase):
    """Resume asks whether the dates move, at every door of the interface."""

    def open_dialog(self, runs, user=None):
        """The dialog that Resume opens for a user, as a form."""
        user = user or self.manager
        action = runs.with_user(user).action_open_resume()
        self.assertEqual(action["res_model"], "track.resume")
        model = self.env["track.resume"].with_user(user)
        return Form(model.with_context(**action["context"]))

    def test_tracks_that_were_paused_today_are_resumed_without_a_question(self):
        runs = self.start() + self.start()
        runs.action_pause()
        self.assertIs(runs.with_user(self.manager).action_open_resume(), True)
        self.assertEqual(set(runs.mapped("state")), {"running"})

    def test_it_asks_if_the_dates_could_move(self):
        run = self.start()
        run.action_pause()
        with self.at("2026-03-05 10:00:00"), self.open_dialog(run) as form:
            self.assertEqual(
                form.question,
                "The track was on hold for 1 day. Move its dates by as much?",
            )
        with self.at("2026-03-16 10:00:00"):
            form = self.open_dialog(run)
            self.assertIn("on hold for 12 days.", form.question)
            self.assertEqual(run.state, "paused")
            form.save().action_move()
        self.assertEqual((run.state, run.start_date), ("running", date(2026, 3, 16)))

    def test_the_dates_can_stay(self):
        run = self.start()
        run.action_pause()
        start = run.start_date
        with self.at("2026-03-16 10:00:00"):
            self.open_dialog(run).save().action_keep()
        self.assertEqual((run.state, run.start_date), ("running", start))

    def test_of_several_tracks_it_says_by_how_many_days(self):
        runs = self.start() + self.start()
        runs.action_pause()
        with self.at("2026-03-16 10:00:00"):
            text = "The tracks were on hold for 12 days."
            self.assertIn(text, self.open_dialog(runs).question)
            later = self.start()
            later.action_pause()
        with self.at("2026-03-18 10:00:00"):
            form = self.open_dialog(runs + later)
            self.assertIn("were on hold for 2 to 14 days.", form.question)
            self.assertEqual(len(form.run_ids), 3)
            form.save().action_move()
        self.assertEqual(
            (runs + later).mapped("start_date"),
            [date(2026, 3, 18), date(2026, 3, 18), date(2026, 3, 18)],
        )

    def test_only_paused_tracks_are_asked_about(self):
        paused, running = self.start(), self.start()
        with self.assertRaisesRegex(UserError, "Only paused tracks can be resumed"):
            (paused + running).with_user(self.manager).action_open_resume()
        paused.action_pause()
        with self.at("2026-03-16 10:00:00"):
            form = self.open_dialog(paused + running)
            self.assertEqual(form.save().run_ids, paused)

    def test_tracks_that_count_back_are_resumed_without_a_question(self):
        back = self.start(self.backwards, end_date="2026-04-30")
        back.action_pause()
        with self.at("2026-03-16 10:00:00"):
            self.assertIs(back.with_user(self.manager).action_open_resume(), True)

    def test_tracks_of_closed_records_stay_on_hold_without_a_question(self):
        run = self.start()
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            self.get_lead(run).action_set_lost()
            self.assertIs(run.with_user(self.manager).action_open_resume(), True)
            self.assertTrue(run.held)

    def test_who_may_not_change_the_record_resumes_nothing(self):
        run = self.start()
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            for user in (self.seller_2, self.portal):
                with self.subTest(user.name), self.assertRaises(AccessError):
                    run.with_user(user).action_open_resume()
            model = self.env["track.resume"].with_user(self.seller_2)
            with self.assertRaises(AccessError):
                model.create({"run_ids": [(6, 0, run.ids)]}).action_move()
        self.assertEqual(run.state, "paused")
