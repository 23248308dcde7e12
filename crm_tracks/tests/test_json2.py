from http import HTTPStatus

from odoo.tests import get_db_name, tagged
from odoo.tools import mute_logger

from .test_rpc import RpcCase


@tagged("post_install", "-at_install")
class TestJson2(RpcCase):
    """Calls of integrations by JSON-2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {
            # sudo: a key without expiration, because the clock is frozen
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", None)
            for user in (cls.seller, cls.portal)
        }

    def post(self, model, method, user=None, **body):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json=body,
            method="POST",
            headers={
                "Authorization": f"Bearer {self.keys[user or self.seller]}",
                "X-Odoo-Database": get_db_name(),
            },
        )

    def call(self, model, method, **body):
        response = self.post(model, method, **body)
        self.assertEqual(response.status_code, HTTPStatus.OK, response.text)
        return response.json()

    def assertFault(self, status, words, model, method, **body):
        before = self.get_state()
        with mute_logger("odoo.http"):
            response = self.post(model, method, **body)
        self.assertEqual(response.status_code, status, response.text)
        self.assertRegex(response.json()["message"], words)
        self.assertEqual(self.get_state(), before)

    def test_applying_a_template_id_returns_the_ids_of_the_tracks(self):
        for dates in (
            {},
            {"start_date": None, "end_date": None, "name": None},
            {"start_date": False, "end_date": False, "name": False},
        ):
            with self.subTest(dates=dates):
                ids = self.call(
                    "crm.lead",
                    "tracks_apply",
                    ids=self.leads.ids,
                    template=self.template.id,
                    **dates,
                )
                runs = self.get_runs(ids)
                self.assertEqual(runs.mapped("res_id"), self.leads.ids)
                self.assertEqual(set(runs.mapped("start_date")), {self.TODAY})

    def test_an_end_date_is_an_iso_string(self):
        [id_] = self.call(
            "crm.lead",
            "tracks_apply",
            ids=self.leads[0].ids,
            template=self.backwards.id,
            end_date="2026-05-20",
        )
        self.assertTasks(self.get_runs(id_), [("Book", "open", "2026-05-17")])

    def test_a_preview_takes_its_arguments_by_name(self):
        [row] = self.call(
            "track.template",
            "preview",
            ids=self.backwards.ids,
            res_model="crm.lead",
            res_id=self.leads[0].id,
            end_date="2026-05-20",
        )
        self.assertEqual((row["summary"], row["date"]), ("Book", "2026-05-17"))
        self.assertFalse(self.leads.track_run_ids)

    def test_tasks_and_tracks_end_by_their_actions(self):
        done, skipped, stopped = self.leads.with_user(self.seller).tracks_apply(
            self.template
        )
        self.call(
            "track.run.line",
            "action_done",
            ids=done.line_ids[0].ids,
            feedback="All well",
        )
        self.call("track.run.line", "action_skip", ids=skipped.line_ids[0].ids)
        self.call("track.run", "action_stop", ids=stopped.ids)
        self.env.invalidate_all()
        self.assertEqual(done.line_ids.mapped("state"), ["done", "open"])
        self.assertEqual(skipped.line_ids.mapped("state"), ["skipped", "open"])
        self.assertEqual(stopped.line_ids.mapped("state"), ["cancelled"] * 2)

    def test_bad_input_is_one_sentence(self):
        for words, body in (
            ("“Event …” counts back", {"template": self.backwards.id}),
            ("“None” is not a track template", {"template": None}),
            (
                "“soon” is not a date. Enter “End Date”",
                {"template": self.backwards.id, "end_date": "soon"},
            ),
        ):
            with self.subTest(words=words):
                self.assertFault(
                    HTTPStatus.UNPROCESSABLE_ENTITY,
                    f"^{words}",
                    "crm.lead",
                    "tracks_apply",
                    ids=self.leads.ids,
                    **body,
                )

    def test_what_is_not_allowed_is_forbidden(self):
        run = self.leads[0].tracks_apply(self.template)
        ids = run.ids
        for words, model, method, body in (
            ("[Pp]rivate", "track.run", "_stop", {"ids": ids}),
            ("[Pp]rivate", "track.run", "_cron_process", {}),
            (
                "cannot be edited",
                "track.run",
                "write",
                {"ids": ids, "vals": {"state": "done"}},
            ),
            (
                f"#{self.foreign.id}: You do not have permission to change this record",
                "crm.lead",
                "tracks_apply",
                {"ids": self.foreign.ids, "template": self.template.id},
            ),
        ):
            with self.subTest(model=model, method=method):
                self.assertFault(HTTPStatus.FORBIDDEN, words, model, method, **body)

    def test_portal_users_are_refused(self):
        for model, method, body in (
            (
                "crm.lead",
                "tracks_apply",
                {"ids": self.leads.ids, "template": self.template.id},
            ),
            ("track.run", "search_read", {"domain": []}),
            ("track.template", "search_read", {"domain": []}),
        ):
            with self.subTest(model=model):
                self.assertFault(
                    HTTPStatus.FORBIDDEN, ".", model, method, user=self.portal, **body
                )
