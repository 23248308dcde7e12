"""E-mails that Odoo receives: what their headers say, and what they lead to."""

import re

from .transaction import block_value, get_block_value

_KEY = "crm_tracks.incoming_mail"
# The values of ``Precedence`` that no program sets for mail that a person writes. Mail
# of a list (``list``) may come from a person.
_AUTOMATIC_PRECEDENCES = frozenset(("bulk", "auto_reply", "junk"))
# ``Precedence`` and ``X-Autoreply`` have other names in programs of web hosts.
_PRECEDENCE_NAMES = ("Precedence", "X-Precedence")
_AUTOREPLY_NAMES = ("X-Autoreply", "X-Autorespond")
# Postfix passes an empty sender to a program, such as Odoo's, by the last name.
_EMPTY_SENDERS = frozenset(("", "mailer-daemon"))
_COMMENT = re.compile(r"\([^()]*\)")


class IncomingMail:
    """What is known of an e-mail while Odoo delivers it.

    :ivar bool is_automatic: whether a program wrote it, not a person
    :ivar set started_ids: the ids of the ``track.run`` that started because of it
    :ivar set followed_ids: the ids of those that followed it as an answer
    """

    def __init__(self, message):
        self.is_automatic = is_automatic(message)
        self.started_ids = set()
        self.followed_ids = set()


def receiving(env, message):
    """Within the block, this transaction delivers an e-mail.

    :param email.message.Message message: with its headers
    """
    return block_value(env, _KEY, IncomingMail(message))


def get_incoming_mail(env):
    """The :class:`IncomingMail` that this transaction delivers now, or None."""
    return get_block_value(env, _KEY)


def is_automatic(message):
    """Whether a program wrote an e-mail by itself, as its headers say.

    Out-of-office replies, for example, and non-delivery reports. The header
    ``X-Auto-Response-Suppress`` says nothing about that: help desks set it as well.

    :param email.message.Message message: the e-mail
    :return: bool
    """
    return (
        any(word != "no" for word in _get_words(message, "Auto-Submitted"))
        or any(_get_words(message, *_AUTOREPLY_NAMES))
        or not _AUTOMATIC_PRECEDENCES.isdisjoint(
            _get_words(message, *_PRECEDENCE_NAMES)
        )
        or any(
            sender.strip("<> ") in _EMPTY_SENDERS
            for sender in _get_values(message, "Return-Path")
        )
    )


def _get_values(message, *names):
    values = [value for name in names for value in message.get_all(name, ())]
    return [str(value).strip().lower() for value in values]


def _get_words(message, *names):
    """The values of these headers, without parameters and comments."""
    values = _get_values(message, *names)
    return [_COMMENT.sub("", value).split(";")[0].strip() for value in values]
