"""How names and delays stand in a sentence, in the reader's language."""


def quote(env, name):
    """A name that people gave, set off from the sentence in which it stands.

    :param str name: of a task, a track or another thing
    :return: str, in the quotation marks of the reader's language
    """
    # a text of one letter would not be exported for translation
    return env._("“%(name)s”", name=name)


def format_delay(env, count, unit):
    """A delay in words: “1 day”, “2 weekdays”.

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
