import logging
from collections import defaultdict

from odoo import SUPERUSER_ID, api, models

from ...tools.loading import is_loading_data
from ...tools.never_failing import never_failing
from ...tools.transaction import collect_for_commit

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """One message per user and transaction about the answers of customers.

    It goes to the users who had the open tasks of the tracks that followed an answer.
    As in ``messages.py``, it is collected on the transaction, and sent at its end.
    """

    _inherit = "track.run"

    def _get_holders(self, actor_id):
        """The users who have open tasks of these tracks.

        :param int actor_id: the user who acts, and is told of nothing
        :return: dict of ``res.users`` by ``track.run``
        """
        return {
            run: run.line_ids.filtered(
                lambda task: task.state == "open" and task.activity_ids.active
            ).user_id.filtered(lambda user: user.active and user.id != actor_id)
            for run in self
        }

    @api.model
    def _collect_told(self, message, followed):
        """Tell users of an answer at the end of the transaction.

        :param message: the ``mail.message`` that is the answer
        :param list followed: as of :meth:`_follow_reply`
        """
        entries = [
            (user.id, run.id, effect, message.id, moved.ids)
            for run, effect, users, moved in followed
            for user in users
        ]
        if not entries or is_loading_data(self.env):
            return
        engine = self.with_user(SUPERUSER_ID)._engine().with_context(lang=None)
        send = engine.browse()._send_replies
        collect_for_commit(self.env.cr, "crm_tracks.replies", entries, send)
        self.env["track.run.line"]._withdraw_announcements(
            (user_id, task_id)
            for user_id, _run_id, _effect, _message_id, task_ids in entries
            for task_id in task_ids
        )

    @api.model
    def _send_replies(self):
        """Send what :meth:`_collect_told` collected; called before the commit.

        One message per user. An answer that was rolled back is not told. A message that
        cannot be sent is logged, and does not raise an error.
        """
        collected = self.env.cr.precommit.data.pop("crm_tracks.replies", [])
        by_user = defaultdict(list)
        answers = self.env["mail.message"].browse({entry[3] for entry in collected})
        runs = self.browse({entry[1] for entry in collected})
        answer_ids, run_ids = set(answers.exists().ids), set(runs.exists().ids)
        for user_id, run_id, effect, message_id, task_ids in collected:
            if message_id in answer_ids and run_id in run_ids:
                entry = (run_id, effect, message_id, task_ids)
                by_user[user_id].append(entry)
        for user_id, entries in by_user.items():
            user = self.env["res.users"].browse(user_id)
            with never_failing(
                self.env, _logger, "%s could not be told of answers.", user
            ):
                self.with_context(lang=user.lang)._tell_of_replies(user, entries)

    @api.model
    def _tell_of_replies(self, user, entries):
        """Send one message about answers, in the language of the environment.

        :param user: the ``res.users`` to notify
        :param entries: list of (id of the track, effect, id of the answer, ids of the
            tasks that were brought forward)
        """
        lines = self._prepare_reply_lines(entries)
        listed = self.env["track.run.line"]._LISTED
        runs = self.browse(entry[0] for entry in entries)
        subject = self.env._("%s tracks were answered", len(runs))
        if len({(run.res_model, run.res_id) for run in runs}) == 1:
            subject = self.env._(
                "%(author)s answered: %(record)s",
                author=lines[0]["author"],
                record=lines[0]["record"],
            )
        runs._send_message(
            user,
            subject,
            "crm_tracks.message_answered",
            answers=lines[:listed],
            more=len(lines[listed:]),
        )

    @api.model
    def _prepare_reply_lines(self, entries):
        """The content of a message about answers; parameters of `_tell_of_replies`.

        :return: list of dicts: ``record``, ``url``, ``author`` and ``text``
        """
        lines = []
        for run_id, effect, message_id, task_ids in entries:
            run = self.browse(run_id)
            tasks = self.env["track.run.line"].browse(task_ids).exists()
            author = self.env["mail.message"].browse(message_id)
            author = author._tracks_get_author_name()
            lines.append(
                {
                    "record": run.res_name,
                    "url": run._get_record_url(),
                    "author": author,
                    "text": run._get_reply_note(effect, author, tasks),
                }
            )
        return lines

    def _get_reply_note(self, effect, author, tasks):
        """What happened to this track because of an answer; ``Markup``."""
        names = {"author": author, "track": self._get_name_in_bold()}
        if effect == "stop":
            return self.env._(
                "%(author)s answered, so the track %(track)s was stopped.", **names
            )
        if effect == "pause":
            return self.env._(
                "%(author)s answered, so the track %(track)s was paused.", **names
            )
        return self.env._(
            "%(author)s answered, so these tasks of the track %(track)s are due today: "
            "%(tasks)s",
            **names,
            tasks=", ".join(task._get_label() for task in tasks),
        )
