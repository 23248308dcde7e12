"""The sentences for what a definition of another system contains and Odoo does not."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# The longest part of a name, or of a list of names, in a sentence.
_SHOWN = 250

_TEXTS = {
    # of a source
    "empty": _lt("The file is empty. Select a file with track definitions."),
    "too_large": _lt("The file has more than %(max)s MB. Split the file."),
    "not_json": _lt(
        "The file is no valid JSON: line %(line)s, column %(column)s. Save Capsule's "
        "answer again, without changes."
    ),
    "too_deep": _lt(
        "The file is no valid JSON. Save Capsule's answer again, without changes."
    ),
    "no_definitions": _lt(
        "No track definition was found. Select a file with Capsule's answer to "
        "“trackdefinitions”."
    ),
    "too_many": _lt(
        "There are %(count)s track definitions. Import at most %(max)s at once."
    ),
    "too_many_in_file": _lt(
        "The track definitions have %(count)s tasks. Import at most %(max)s at once."
    ),
    "unknown_key": _lt(
        "“%(name)s” is unknown and was ignored; occurrences: %(count)s."
    ),
    "more_unknown_keys": _lt("%(count)s more names are unknown and were ignored."),
    # of a track for which no template is created
    "no_object": _lt("Entry %(number)s is no track definition."),
    "no_name": _lt("Entry %(number)s has no name (“description”)."),
    "same_key": _lt("“%(other)s” has the same ID, with another content."),
    "too_many_tasks": _lt(
        "The track has %(count)s tasks. A template can have %(max)s tasks."
    ),
    "archived_type": _lt("The activity type is archived. Unarchive it first."),
    "two_models": _lt(
        "The activity types are for different models: %(models)s. Let the chain "
        "continue with types of one model."
    ),
    "no_activities": _lt("Records of “%(model)s” have no activities."),
    # of a track
    "long_name": _lt("The name has more than %(max)s characters and was shortened."),
    "bad_id": _lt(
        "“%(value)s” is no ID. The template is recognized by its name and content."
    ),
    "bad_text": _lt("“%(name)s” is no text and was ignored: %(value)s."),
    "bad_list": _lt("“%(name)s” is no list and was ignored: %(value)s."),
    "unknown_value": _lt(
        "“%(name)s” has the unknown value “%(value)s”. “%(used)s” is used."
    ),
    "no_tasks": _lt("The track has no tasks. Add tasks before the template is used."),
    "task_no_object": _lt("Entry %(number)s of the tasks is no task and was ignored."),
    "no_case_model": _lt(
        "The track is for projects or cases, which have no counterpart. The template "
        "is offered for all records."
    ),
    "tags_one_model": _lt(
        "The tags are not added, because the template is for several models: %(tags)s."
    ),
    "tags_no_field": _lt(
        "The tags are not added, because “%(model)s” has no tags: %(tags)s."
    ),
    "tags_no_rights": _lt(
        "The tags are not added, because you do not have permission to change the tags "
        "of “%(model)s”: %(tags)s."
    ),
    "tags_unknown": _lt(
        "Tags that do not exist are not added, because you do not have permission to "
        "create tags: %(tags)s."
    ),
    "tags_no_room": _lt(
        "The tags are not added, because the template has %(max)s tasks already: "
        "%(tags)s."
    ),
    "long_tag": _lt(
        "A tag has more than %(max)s characters and is not added: %(value)s."
    ),
    "tags_at_end": _lt(
        "Tags are added on the end date, and not when the track is applied: %(tags)s."
    ),
    "chain_repeats": _lt(
        "The chain begins again with “%(type)s”. The template ends before that."
    ),
    "chain_branches": _lt(
        "“%(type)s” suggests several activities. Not in the template: %(others)s."
    ),
    "chain_deadline": _lt(
        "The activity counts from the due date of the previous one. In a track, a task "
        "counts from the day on which the previous task is completed."
    ),
    # of a task
    "task_no_name": _lt("The task has no name (“description”). Its number is used."),
    "task_long_name": _lt(
        "The name has more than %(max)s characters. The complete name is in the note."
    ),
    "bad_days": _lt("“%(value)s” is no number of days. 0 is used."),
    "negative_days": _lt("“%(value)s” is negative. 0 is used."),
    "long_delay": _lt("“%(value)s” is too long. %(max)s is used."),
    "last_task_in_end": _lt(
        "A track with an end date cannot count from the previous task (LAST_TASK). The "
        "task counts back from the end date."
    ),
    "bad_category": _lt("The category has no name: %(value)s. To-Do is used."),
    "unknown_type": _lt("There is no activity type “%(type)s”. To-Do is used."),
    "unknown_assignee": _lt(
        "The type of assignee is unknown: %(value)s. The owner is responsible."
    ),
    "no_assignee_name": _lt(
        "The assignee has no name: %(value)s. The owner is responsible."
    ),
    "no_previous_assignee": _lt(
        "There is no previous task whose assignee could do the task. The owner is "
        "responsible."
    ),
    "left_user": _lt("“%(name)s” cannot be assigned. The owner is responsible."),
    "unknown_user": _lt("There is no user “%(name)s”. The owner is responsible."),
    "several_users": _lt(
        "There are several users “%(name)s”. The owner is responsible."
    ),
    "unknown_team": _lt("There is no sales team “%(name)s”. The owner is responsible."),
}


def describe_problem(env, problem):
    """The sentence for a problem, in the language of the user.

    :param problem: :class:`..definitions.Problem`; of the kind ``said``, its ``reason``
        is a sentence already
    :return: str
    """
    if problem.kind == "said":
        return problem.values["reason"]
    text = env._(_TEXTS[problem.kind])
    return text % {
        key: f"{value[:_SHOWN]}…"
        if isinstance(value, str) and len(value) > _SHOWN
        else value
        for key, value in problem.values.items()
    }
