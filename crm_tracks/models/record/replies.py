import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.mail import email_split_tuples

from ...tools.incoming_mail import get_incoming_mail, receiving
from ...tools.never_failing import never_failing

_logger = logging.getLogger(__name__)

# Messages that nobody writes as an answer. Except for the last one, these are those on
# which Odoo's automation rules do not run, either.
_NO_ANSWERS = frozenset(
    ("notification", "auto_comment", "user_notification", "out_of_office")
)


class MailThread(models.AbstractModel):
    """Which messages are answers of the customer.

    An answer is what Odoo's automation rules take for an incoming message: visible to
    the customer, and written by a person who is unknown or no internal user. E-mails
    that a program wrote by itself do not count, as far as their headers say so. The
    headers are known at the gateway only, so they are marked on the transaction: any
    client could set a context key.
    """

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        with receiving(self.env, message):
            return super()._message_route_process(message, message_dict, routes)

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        runs = self.env["track.run"]
        if runs._can_have_tracks(self) and runs._awaits_replies(self._name):
            self._tracks_follow_message(message)
        return result


class MailActivityMixin(models.AbstractModel):
    """Tracks follow the answers of the customer of their record."""

    _inherit = "mail.activity.mixin"

    def _tracks_follow_message(self, message):
        """Let the tracks of this record follow a message, if it is an answer.

        The message never fails because of tracks: errors are logged.

        :param message: the ``mail.message`` that was posted on the record
        """
        # sudo: a customer who answers can read neither subtypes nor authors
        if not _is_answer(message.sudo()):
            return
        runs = self._tracks_search_awaiting()
        if not runs:
            return
        if mail := get_incoming_mail(self.env):
            # two addresses can lead the same e-mail to a record
            mail.followed_ids.update(runs.ids)
        has_failed = not self._tracks_let_follow(runs, message)
        if has_failed and len(runs) > 1:
            for run in runs:
                self._tracks_let_follow(run, message)

    def _tracks_let_follow(self, runs, message):
        """Let these tracks follow an answer, all of them or none.

        :return: whether they did
        """
        with never_failing(
            self.env, _logger, "%s could not follow %s.", runs, message
        ) as errors:
            followed = runs._follow_reply(message, self.env.uid)
        if not errors:
            runs._collect_told(message, followed)
        return not errors

    def _tracks_search_awaiting(self):
        """The tracks of this record that follow an answer which is posted now.

        They run, and neither started because of the e-mail that is being delivered nor
        followed it already. Automatic e-mails are followed by none.

        :return: ``track.run``, in sudo
        """
        runs = self.env["track.run"].sudo()
        mail = get_incoming_mail(self.env)
        if mail and mail.is_automatic:
            return runs
        here = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        found = runs.search(
            here & runs._get_awake_domain() & runs._get_awaiting_domain()
        )
        if mail:
            known = mail.started_ids | mail.followed_ids
            found = found.filtered(lambda run: run.id not in known)
        return found


class MailMessage(models.Model):
    """How the author of an answer is called."""

    _inherit = "mail.message"

    def _tracks_get_author_name(self):
        """The name of the author of this message, for texts about an answer."""
        self.ensure_one()
        message = self.sudo()
        senders = email_split_tuples(message.email_from or "")
        entered = next((name or address for name, address in senders), "")
        return (
            message.author_id.name
            or message.author_guest_id.name
            or entered
            or self.env._("The customer")
        )


def _is_answer(message):
    """Whether a message is one of the customer, and visible to the customer.

    :param message: ``mail.message``, in sudo
    """
    if message.message_type in _NO_ANSWERS:
        return False
    if message.is_internal or message.subtype_id.internal:
        return False
    return not message.author_id or message.author_id.partner_share
