"""Defects of what the options of templates and tasks do."""

from unittest.mock import patch

from .registry import replace, sabotage


@sabotage
def outcome_skips_nothing(env):
    """An outcome that goes to a later task leaves the tasks between."""

    @replace(env, "track.run.line", "_get_passed_over")
    def broken(original, task, outcome):
        return task.browse() if outcome.effect == "goto" else original(task, outcome)

    return broken


@sabotage
def outcome_goes_on(env):
    """An outcome that ends the track leaves the tasks that were open."""

    @replace(env, "track.run.line", "_get_passed_over")
    def broken(original, task, outcome):
        return original(task, outcome).filtered(lambda other: other.state != "open")

    return broken


@sabotage
def endless_rounds(env):
    """A task can be repeated without end."""

    @replace(env, "track.run.line", "_get_rounds_left")
    def broken(original, task, outcome):
        return 1

    return broken


@sabotage
def repeated_at_once(env):
    """A repetition is due the delay of the task, not that of the outcome."""

    @replace(env, "track.run.line", "_prepare_repetition_vals")
    def broken(original, task, outcome):
        return {
            **original(task, outcome),
            "delay_count": task.delay_count,
            "delay_unit": task.delay_unit,
        }

    return broken


@sabotage
def repeated_for_owner(env):
    """A repetition forgets to whom a user had assigned the task."""

    @replace(env, "track.run.line", "_prepare_repetition_vals")
    def broken(original, task, outcome):
        return {
            **original(task, outcome),
            "responsible_type": task.responsible_type,
            "responsible_id": task.responsible_id.id,
        }

    return broken


@sabotage
def skipped_for_good(env):
    """Reopening a task does not bring back what its outcome skipped."""

    @replace(env, "track.run.line", "_get_skipped_by_these")
    def broken(original, tasks):
        return tasks.browse()

    return broken


@sabotage
def repetition_stays(env):
    """Reopening a task does not delete its repetition."""

    @replace(env, "track.run.line", "_withdraw_repetitions")
    def broken(original, tasks):
        return tasks.browse()

    return broken


@sabotage
def any_outcome(env):
    """A user selects an outcome that the task does not have."""

    @replace(env, "track.run.line", "_check_outcome")
    def broken(original, task, name):
        return None

    return broken


@sabotage
def nothing_required(env):
    """A task is completed without what it requires."""

    @replace(env, "track.run.line", "_get_missing")
    def broken(original, tasks, feedback=False):
        return {}

    return broken


@sabotage
def open_door(env):
    """Archiving an activity asks for nothing."""

    @replace(env, "mail.activity", "_tracks_meeting_requirements")
    def broken(original, activities, feedback):
        return original(activities, feedback or "Forged")

    return broken


@sabotage
def spaces_count(env):
    """A record with spaces in a required field lacks nothing."""

    from ....models.run import requirements

    return patch.object(
        requirements, "is_filled_in", lambda record, name: bool(record[name])
    )


@sabotage
def code_is_silent(env):
    """Nobody learns what was missing when code completed a task."""

    @replace(env, "track.run.line", "_log_missing")
    def broken(original, tasks, missing):
        return None

    return broken


@sabotage
def never_late(env):
    """Automated tasks run however late they are, whatever the template says."""

    @replace(env, "track.run", "_is_too_late")
    def broken(original, run, day, today):
        return False

    return broken


@sabotage
def asked_instead(env):
    """Late automated tasks are asked about, although they are to be skipped."""

    @replace(env, "track.run.line", "_skip_late")
    def broken(original, tasks):
        return tasks._fail_late()

    return broken


@sabotage
def any_hour(env):
    """Automated tasks run at midnight."""

    from ....models.run.gate import Gate

    return patch.object(Gate, "get_coming_hour", lambda gate, run: None)


@sabotage
def offered_twice(env):
    """What was started after a track is offered again."""

    @replace(env, "track.run", "_is_followed_by")
    def broken(original, run, template, others):
        return False

    return broken


@sabotage
def follows_anything(env):
    """A track can follow one that is not done."""

    @replace(env, "mail.activity.mixin", "_tracks_check_previous_run")
    def broken(original, records, run):
        return records.env["track.run"].browse(run and getattr(run, "id", run))

    return broken


@sabotage
def link_is_lost(env):
    """A track that is started after another one is not linked to it."""

    @replace(env, "mail.activity.mixin", "_tracks_check_previous_run")
    def broken(original, records, run):
        return original(records, run).browse()

    return broken


@sabotage
def conditions_met(env):
    """Each condition counts as met."""

    @replace(env, "track.run", "_evaluate")
    def broken(original, runs, wanted):
        wanted = list(wanted)
        met = {(run, text): True for run, text in wanted if text != run.goal}
        return original(runs, wanted) | met

    return broken


@sabotage
def condition_is_deaf(env):
    """Nobody looks at waiting conditions and goals when the record is written."""

    @replace(env, "crm.lead", "_tracks_follow_conditions")
    def broken(original, records):
        return None

    return broken


@sabotage
def condition_ends_nothing(env):
    """A condition that is to end the track skips its task only."""

    @replace(env, "track.run.line", "_get_condition_else")
    def broken(original, task):
        result = original(task)
        return "skip" if result == "end" else result

    return broken


@sabotage
def goal_missed(env):
    """A track goes on although its record meets the goal."""

    @replace(env, "track.run", "_find_goals_reached")
    def broken(original, runs):
        return runs.browse(), {}

    return broken


@sabotage
def goal_counts_again(env):
    """A task that was reopened after the goal was reached is skipped again at once."""

    @replace(env, "track.run", "write")
    def broken(original, runs, vals):
        return original(runs, {key: vals[key] for key in vals if key != "goal"})

    return broken


@sabotage
def day_off_stays(env):
    """A due date stays on a day off."""

    @replace(env, "track.task.mixin", "_avoid_day_off")
    def broken(original, task, day, *limits):
        return day

    return broken


@sabotage
def day_off_leads_anywhere(env):
    """A due date moves off a day off before the start, or after the end."""

    from ....models.template import days_off

    original = days_off.avoid_day_off
    return patch.object(
        days_off,
        "avoid_day_off",
        lambda day, how, working_days, **limits: original(day, how, working_days),
    )


@sabotage
def nobody_listens(env):
    """Tracks do not follow the answers of customers."""

    @replace(env, "track.run", "_follow_reply")
    def broken(original, runs, *args):
        return None

    return broken


@sabotage
def programs_answer(env):
    """An automatic e-mail is taken for an answer."""

    from ....tools import incoming_mail

    return patch.object(incoming_mail, "is_automatic", lambda message: False)


@sabotage
def few_are_hurried(env):
    """An answer brings forward only tracks with a task that a user dated."""

    @replace(env, "track.run", "_bring_forward")
    def broken(original, runs, author):
        manual = runs.line_ids.filtered("date_manual")
        return original(manual.run_id, author)

    return broken


@sabotage
def reason_is_lost(env):
    """Nobody learns why a user skipped a task."""

    @replace(env, "track.run.line", "_skip")
    def broken(original, tasks, reason=None, **options):
        return original(tasks, **options)

    return broken


@sabotage
def names_missing(env):
    """The placeholders in texts are not filled."""

    @replace(env, "track.run.line", "_fill_placeholders")
    def broken(original, tasks, names=None):
        return tasks.browse()

    return broken


@sabotage
def repeated_with_names(env):
    """A repetition has the names that were filled into the text of its task."""

    @replace(env, "track.run.line", "_prepare_repetition_vals")
    def broken(original, task, outcome):
        return {**original(task, outcome), "summary": task.summary}

    return broken
