"""Names, days and delays within a sentence, in the language of the reader."""

from odoo.tools import format_date


def quote(env, name):
    """A name in quotation marks, to set it off from the sentence.

    :param str name: of a task, a track or another thing
    :return: str, in the quotation marks of the reader's language
    """
    # a text of one letter would not be exported for translation
    return env._("“%(name)s”", name=name)


def list_names(env, names, count):
    """Names as a list within a sentence; further ones are only counted.

    :param names: list of str, the names to show
    :param int count: how many there are, including those not shown
    :return: str
    """
    text = ", ".join(names)
    more = count - len(names)
    if more <= 0:
        return text
    return env._("%(names)s and %(more)s more", names=text, more=more)


def list_labels(model, names):
    """The labels of fields as a list within a sentence.

    :param model: a recordset of the fields' model
    :param names: of fields; a name without a field stands for itself
    :return: str
    """
    return ", ".join(
        model._fields[name].string if name in model._fields else name
        for name in sorted(names)
    )


def format_delay(env, count, unit):
    """A delay as text: “1 day”, “2 weekdays”.

    :param int count: in units
    :param str unit: one of ``delay_unit``
    :return: str
    """
    if count == 1:
        return {
            "days": env._("1 day"),
            "weekdays": env._("1 weekday"),
            "weeks": env._("1 week"),
            "months": env._("1 month"),
        }[unit]
    return {
        "days": env._("%s days", count),
        "weekdays": env._("%s weekdays", count),
        "weeks": env._("%s weeks", count),
        "months": env._("%s months", count),
    }[unit]


def format_held_day(env, day, today):
    """Describe the due date of a task or activity on hold, which is not late.

    :param date day: the due date
    :param date today: the reader's day
    :return: str
    """
    shown = format_date(env, day)
    if day < today:
        return env._("On hold, was due %s", shown)
    return env._("On hold, due %s", shown)
