"""The templates of a walk, and their values in Odoo."""

from odoo import Command

from .things import Outcome, Step, Template

FINE = (Outcome("Reached"),)
AGAIN = Outcome("No answer", "again", (2, "days"), 2)
END = Outcome("Not interested", "end")


def goto(target, name="Wants an offer"):
    return Outcome(name, "goto", target=target)


TEMPLATES = (
    Template(
        "chain",
        (
            Step("A"),
            Step("B {owner}", (2, "days"), "previous"),
            Step("C", (1, "weekdays"), "previous", "previous"),
            Step("D", (1, "months"), "previous", "starter"),
        ),
    ),
    Template(
        "dates",
        (
            Step("A", (0, "weekdays")),
            Step("B", (3, "weekdays"), "start", "leo"),
            Step("C {owner}", (1, "weeks"), "start", "starter"),
            Step("D", (2, "weekdays"), "previous", "previous"),
            Step("E", (0, "weekdays"), "previous", "anna"),
        ),
        shifts=True,
    ),
    Template(
        "back",
        (
            Step("A", (2, "weeks"), "end"),
            Step("B", (3, "weekdays"), "end", "starter"),
            Step("C", (0, "weekdays"), "end", "leo"),
        ),
    ),
    Template(
        "ahead",
        (
            Step("A", (5, "days")),
            Step("B", (20, "days"), "start", "starter"),
            Step("C", (1, "months"), "previous"),
        ),
        ahead=3,
        shifts=True,
    ),
    Template(
        "by itself",
        (
            Step("A"),
            Step("U", (1, "days"), "previous", action="update"),
            Step("B", (0, "weekdays"), "previous", "previous"),
            Step("V {owner}", (6, "days"), "start", action="update"),
            Step("C", (1, "days"), "previous", "starter"),
        ),
        model="crm.lead",
        shifts=True,
    ),
    Template(
        "conditions",
        (
            Step("A"),
            Step("B", (1, "days"), "previous", needs="hot"),
            Step(
                "C", (2, "days"), "previous", "starter", needs="hot", otherwise="wait"
            ),
            Step("D", (3, "days"), "start", needs="hot", otherwise="wait"),
            Step("E", (1, "days"), "previous", needs="hot", otherwise="end"),
            Step("F", (0, "weekdays"), "previous", "previous"),
        ),
        model="crm.lead",
    ),
    Template(
        "goal",
        (Step("A"), Step("B", (2, "days"), "previous"), Step("C", (4, "days"))),
        model="crm.lead",
        goal="goal",
    ),
    Template(
        "days off",
        (
            Step("A", (3, "days")),
            Step("B", (1, "months"), "previous"),
            Step("C", (0, "days"), "previous", "starter"),
            Step("D", (2, "weekdays"), "previous"),
            Step("E", (1, "weeks"), "start"),
        ),
        day_off="after",
        shifts=True,
    ),
    Template(
        "days off before",
        (Step("A", (0, "days")), Step("B", (1, "days"), "previous")),
        day_off="before",
    ),
    Template(
        "days off back",
        (Step("A", (9, "days"), "end"), Step("B", (0, "days"), "end")),
        day_off="after",
    ),
    Template(
        "once",
        (Step("A"), Step("B", (1, "days"), "previous")),
        once=True,
        next=("once", "goes on"),
    ),
    Template("goes on", (Step("A"), Step("B", (5, "days"), "previous")), goes_on=True),
    Template(
        "outcomes",
        (
            Step("A {owner}", outcomes=(*FINE, AGAIN, goto(4), END)),
            Step("B", (1, "days"), "previous"),
            Step("C", (9, "days"), "start", "leo", outcomes=(*FINE, END)),
            Step(
                "D",
                (3, "weekdays"),
                "previous",
                "previous",
                outcomes=(Outcome("No answer", "again", (1, "weekdays"), 1), END),
            ),
            Step("E", (1, "days"), "previous", "starter", outcomes=(AGAIN,)),
        ),
        next=("once", "back", "gates"),
    ),
    Template(
        "outcomes back",
        (
            Step("A", (2, "weeks"), "end", outcomes=(AGAIN, goto(3), *FINE)),
            Step("B", (3, "weekdays"), "end", "starter", outcomes=(END,)),
            Step("C", (0, "days"), "end", outcomes=(*FINE, AGAIN)),
        ),
        day_off="after",
    ),
    Template(
        "outcomes and more",
        (
            Step("A", outcomes=(AGAIN, goto(4), goto(3, "Hurry"))),
            Step(
                "B",
                (1, "days"),
                "previous",
                needs="hot",
                otherwise="wait",
                outcomes=(AGAIN, END, goto(5)),
            ),
            Step("C", (0, "days"), "previous", needs="hot", outcomes=(AGAIN, *FINE)),
            Step("U", (1, "days"), "previous", action="update"),
            Step("D", (2, "days"), "previous", note=True, outcomes=(AGAIN, END)),
        ),
        ahead=1,
        model="crm.lead",
    ),
    Template(
        "gates",
        (
            Step("A", note=True),
            Step("B", (1, "days"), "previous", marked=True),
            Step("C", (2, "days"), "start", "leo", note=True, marked=True),
            Step("D", (1, "days"), "previous", note=True, outcomes=(AGAIN, *FINE)),
        ),
        model="crm.lead",
        next=("goal", "outcomes", "late and run"),
    ),
    Template(
        "late and asked",
        (
            Step("U", (1, "days"), action="update"),
            Step("A", (1, "days"), "previous"),
            Step("V", (0, "days"), "previous", action="update"),
        ),
        model="crm.lead",
        late_days=0,
    ),
    Template(
        "late and run",
        (
            Step("U", action="update"),
            Step("A", (0, "days"), "previous", "previous"),
            Step("V", (4, "days"), "start", action="update"),
        ),
        model="crm.lead",
        late_days=1,
        on_late="run",
        run_hour=8,
    ),
    Template(
        "late and skipped",
        (
            Step("U", (1, "weekdays"), action="update"),
            Step("V", (1, "days"), "previous", action="update"),
            Step("A", (1, "days"), "previous"),
            Step("W", (0, "days"), "previous", action="update"),
        ),
        model="crm.lead",
        late_days=2,
        on_late="skip",
        run_hour=14,
    ),
    Template(
        "answered and stopped",
        (Step("A"), Step("B", (2, "days"), "previous"), Step("C", (9, "days"))),
        on_reply="stop",
    ),
    Template(
        "answered and paused",
        (Step("A"), Step("B", (1, "days"), "previous"), Step("C", (1, "weeks"))),
        on_reply="pause",
        ahead=2,
        goes_on=True,
    ),
    Template(
        "answered and hurried",
        (
            Step("A {owner}", (2, "days")),
            Step("U", (6, "days"), action="update"),
            Step("B", (9, "days"), "start", "leo", needs="hot", otherwise="wait"),
            Step("C", (3, "weekdays"), "previous", "previous"),
            Step("D", (1, "months"), "start", "starter"),
        ),
        ahead=4,
        model="crm.lead",
        on_reply="bring_forward",
    ),
    Template(
        "reminded",
        (
            Step("A", (1, "days"), who="wera"),
            Step("B", (2, "days"), "previous", "previous"),
            Step("C", (1, "weeks"), "start", "starter"),
        ),
        remind=2,
        escalate=4,
    ),
    Template(
        "escalated and given",
        (
            Step("A {owner}"),
            Step("B", (1, "days"), "previous", "leo"),
            Step("C", (5, "days"), needs="hot", otherwise="wait"),
            Step("D", (1, "weekdays"), "previous", "previous"),
        ),
        model="crm.lead",
        escalate=1,
        gives=True,
        goes_on=True,
    ),
    Template(
        "given back",
        (
            Step("A", (2, "weeks"), "end"),
            Step("U", (1, "weeks"), "end", action="update"),
            Step("B", (1, "days"), "end", "starter"),
        ),
        ahead=3,
        model="crm.lead",
        remind=1,
        escalate=2,
        gives=True,
    ),
    Template(
        "dated",
        (
            Step("A"),
            Step("B", (3, "weekdays"), "start", "starter"),
            Step("C {owner}", (1, "days"), "previous"),
            Step("D", (2, "weeks")),
        ),
        model="crm.lead",
        day_off="after",
        dated=True,
    ),
    Template(
        "dated back",
        (
            Step("A", (2, "weeks"), "end"),
            Step("B", (2, "weekdays"), "end", "starter"),
            Step("C", (0, "days"), "end", "leo", outcomes=(AGAIN, *FINE)),
        ),
        model="crm.lead",
        goes_on=True,
        dated=True,
    ),
    Template(
        "answered and hurried back",
        (Step("A", (2, "weeks"), "end"), Step("B", (1, "days"), "end", "starter")),
        day_off="before",
        on_reply="bring_forward",
    ),
)
TEMPLATES += (
    Template(
        "weekly",
        (Step("A"), Step("B", (1, "days"), "previous")),
        every=(1, "weeks"),
        next=("weekly", "every two days"),
    ),
    Template(
        "every two days",
        (Step("A"), Step("U", (0, "days"), "previous", action="update")),
        model="crm.lead",
        once=True,
        late_days=0,
        on_late="skip",
        every=(2, "days"),
    ),
    Template(
        "monthly back",
        (Step("A", (1, "weeks"), "end"), Step("B", (0, "days"), "end", "starter")),
        day_off="before",
        every=(1, "months"),
    ),
    Template(
        "every three days",
        (Step("A {owner}", outcomes=(*FINE, AGAIN, END)), Step("B", (2, "days"))),
        goes_on=True,
        run_hour=8,
        on_reply="bring_forward",
        every=(3, "days"),
    ),
)
TEMPLATES += (
    Template(
        "dealt",
        (
            Step("A", who="role"),
            Step("B", (1, "days"), "previous", "team"),
            Step("C", (9, "days"), "start", "role"),
            Step("D {owner}", (2, "days"), "previous", "team"),
            Step("E", (1, "days"), "previous", "previous"),
        ),
    ),
    Template(
        "stood in for",
        (
            Step("A"),
            Step("B", (2, "days"), "start", "starter"),
            Step("C", (3, "days"), "previous", "leo"),
            Step("D", (0, "days"), "previous", "previous"),
        ),
        stands_in=True,
    ),
    Template(
        "dealt among those there",
        (
            Step("A", who="team"),
            Step("B", (4, "days"), "start", "role"),
            Step("C {owner}", (1, "weekdays"), "previous", "field"),
            Step("D", (1, "days"), "previous", "role", outcomes=(AGAIN, *FINE)),
        ),
        model="crm.lead",
        stands_in=True,
        goes_on=True,
    ),
)
# A walk applies the templates of one theme, so that they meet one another.
THEMES = {
    "any": tuple(template.key for template in TEMPLATES),
    "plain": ("chain", "dates", "back", "ahead", "by itself", "goes on"),
    "pauses": ("chain", "dates", "back", "ahead", "by itself", "days off"),
    "conditions": ("conditions", "goal", "outcomes and more"),
    "days off": ("days off", "days off before", "days off back", "outcomes back"),
    "outcomes": ("outcomes", "outcomes back", "outcomes and more", "gates"),
    "late": ("late and asked", "late and run", "late and skipped", "outcomes and more"),
    "answers": (
        "answered and stopped",
        "answered and paused",
        "answered and hurried",
        "answered and hurried back",
    ),
    "told": (
        "reminded",
        "escalated and given",
        "given back",
        "outcomes",
        "answered and paused",
    ),
    "series": ("weekly", "every two days", "monthly back", "every three days"),
    "people": ("dealt", "stood in for", "dealt among those there"),
    "dated": ("dated", "dated back", "dated", "chain"),
    "next": ("once", "goes on", "gates", "outcomes", "goal"),
}
# The activity type of tasks that require something, which code completes by its type.
GATED_TYPE = "mail.mail_activity_data_call"


def prepare_vals(template, people, model_ids):
    """The values of this template, without those of its tasks.

    :param dict people: the ids of users, by their keys
    :param list model_ids: of the models to which it applies
    """
    return {
        "name": f"Walk: {template.key}",
        "direction": "end" if template.counts_back else "start",
        "activity_creation": "at_once" if template.ahead is None else "ahead",
        "ahead_days": template.ahead or 0,
        "one_per_record": template.once,
        "day_off": template.day_off or False,
        "res_model_ids": [Command.set(model_ids)],
        "date_field": template.dated and "date_deadline",
        "on_reply": template.on_reply or False,
        "on_reopen": template.shifts and "shift",
        "on_close": "continue" if template.goes_on else "mute",
        "absence": template.stands_in and "stand_in",
        "goal": template.goal and prepare_condition(template.goal),
        "late_days": False if template.late_days is None else template.late_days,
        "on_late": template.on_late or False,
        "remind_days": template.remind or False,
        "escalate_days": template.escalate or False,
        "escalate_to": template.escalate and "user",
        "escalate_user_id": template.escalate and people["leo"],
        "escalate_how": template.gives and "give",
        "run_hour": False if template.run_hour is None else template.run_hour,
        "repeat_every": template.every and template.every[0],
        "repeat_unit": template.every and template.every[1],
    }


def prepare_task_vals(step, people, gated_type_id, groups):
    """The values of a task of a template.

    :param dict people: the ids of users, by their keys
    :param dict groups: the ids of the role and the team
    :param int gated_type_id: the activity type of tasks that require something
    """
    values = {
        "summary": step.summary,
        "delay_count": step.delay[0],
        "delay_unit": step.delay[1],
        "delay_from": step.counts,
        "responsible_type": "user" if step.who in people else step.who,
        "responsible_id": people.get(step.who, False),
        "responsible_role_id": step.who == "role" and groups["role"],
        "responsible_team_id": step.who == "team" and groups["team"],
        "responsible_field": step.who == "field" and "partner_id.user_id",
        "activity_type_id": (step.note or step.marked) and gated_type_id,
        "require_feedback": step.note,
        "required_fields": step.marked and "referred",
        "outcome_ids": [
            Command.create(prepare_outcome_vals(outcome, number))
            for number, outcome in enumerate(step.outcomes)
        ],
    }
    if step.action == "update":
        values["action"] = "update"
        values["update_ids"] = [
            Command.create({"field_name": "priority", "value": "2"})
        ]
    if step.needs:
        values["condition"] = prepare_condition(step.needs)
        values["condition_else"] = step.otherwise
    return values


def prepare_outcome_vals(outcome, number):
    return {
        "sequence": number,
        "name": outcome.name,
        "effect": outcome.effect,
        "delay_count": outcome.delay[0],
        "delay_unit": outcome.delay[1],
        "again_max": outcome.rounds,
        "target_number": outcome.target or False,
    }


def prepare_condition(mark):
    """The condition that a record has this mark."""
    return f"[('referred', '=', '{mark}')]"
