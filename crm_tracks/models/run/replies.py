from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ...tools.dates import TodayByCompany
from ...tools.incoming_mail import get_incoming_mail
from ...tools.states import NOT_ENDED


class TrackRun(models.Model):
    """What follows from an answer of the customer, as the template says.

    Which messages are answers is in ``record/replies.py``, who is told of them in
    ``reply_messages.py``.
    """

    _inherit = "track.run"

    # which tracks follow answers, and on which records
    _reply_idx = models.Index(
        "(res_model, res_id) WHERE on_reply IN ('stop', 'pause', 'bring_forward')"
        " AND state IN ('running', 'paused')"
    )

    # ------------------------------------------------------------------
    # Which tracks follow answers
    # ------------------------------------------------------------------

    @api.model
    def _get_awaiting_domain(self):
        """The unfinished tracks that follow answers, as a domain."""
        return Domain("on_reply", "in", self._REPLY_EFFECTS) & Domain(
            "state", "in", NOT_ENDED
        )

    @api.model
    def _awaits_replies(self, model_name):
        """Whether tracks of this model may follow answers, by the common cache.

        Messages on other models cost no query.
        """
        domain = Domain("res_model", "=", model_name) & self._get_awaiting_domain()
        return self._was_ever_found(
            "replies", model_name, lambda: self.sudo().search(domain, limit=1)
        )

    @api.model
    def _are_known_to_await_replies(self, vals_list):
        """Whether the models of those new tracks that follow answers are known for it.

        :param list vals_list: the values of the new tracks
        """
        names = {
            vals.get("res_model")
            for vals in vals_list
            if vals.get("on_reply") in self._REPLY_EFFECTS
        }
        return all([self._awaits_replies(name) for name in names])

    def _note_started_by_mail(self):
        """Note that these tracks started because of the e-mail that is delivered now.

        They do not take it for an answer.
        """
        if mail := get_incoming_mail(self.env):
            mail.started_ids.update(self.ids)

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _follow_reply(self, message, actor_id):
        """Stop or pause these tracks, or bring their tasks forward: it was answered.

        That is done by OdooBot: the customer who answers may do none of it.

        :param message: the ``mail.message`` that is the answer
        :param int actor_id: the user who posts it, and is told of nothing
        :return: list of tuples, for each track on which something was done: the track,
            what was done (a value of ``on_reply``), the ``res.users`` who had its open
            tasks, and the ``track.run.line`` that were brought forward
        """
        followed = []
        bot = self.env["res.users"].browse(SUPERUSER_ID).sudo()
        for company, runs in self.grouped("company_id").items():
            # neither the language nor the time zone of the customer count
            runs = runs.with_user(bot).with_context(lang=bot.lang, tz=False)
            runs = runs.with_company(company)._engine().browse(runs.ids)
            author = message.with_env(runs.env)._tracks_get_author_name()
            holders = runs._get_holders(actor_id)
            for effect, affected in runs.grouped("on_reply").items():
                moved = affected._apply_reply(effect, author)
                if effect == "bring_forward":
                    affected = moved.run_id
                followed += [
                    (run, effect, holders[run], moved & run.line_ids)
                    for run in affected
                ]
        return followed

    def _apply_reply(self, effect, author):
        """Do what these tracks do on an answer.

        :param str effect: their ``on_reply``
        :param str author: the name of the person who answered
        :return: the ``track.run.line`` that were brought forward
        """
        if effect == "bring_forward":
            return self._bring_forward(author)
        reason = self.env._("%s answered", author)
        if effect == "stop":
            self._stop(reason)
        else:
            self._pause(reason)
        return self.env["track.run.line"]

    def _bring_forward(self, author):
        """Let the open and planned tasks of these tracks that lie ahead be due today.

        They count as moved by a user. Meetings are moved in the calendar only.

        :param str author: the name of the person who answered
        :return: the ``track.run.line`` that were moved
        """
        todays = TodayByCompany(self.env)
        ahead = self.line_ids.filtered(
            lambda task: (
                task.state in ("open", "planned")
                and not task._is_series_task()
                and task.date_deadline
                and task.date_deadline > todays[task.run_id.company_id]
                and not task.activity_ids.calendar_event_id
            )
        )
        ahead.run_id._log(
            {
                run: run._get_reply_note("bring_forward", author, ahead & run.line_ids)
                for run in ahead.run_id
            }
        )
        for company, tasks in ahead.grouped("company_id").items():
            tasks._edit({"date_deadline": todays[company]})
        return ahead
