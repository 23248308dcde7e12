"""The records of a walk in Odoo: companies, users, templates and records."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import freezegun.api
import pytz

from odoo import Command
from odoo.exceptions import UserError

from ..common import TracksCase
from .days import Company
from .model import Person, Record, Step, Template, World

START = datetime(2026, 3, 4, 10)
COMPANIES = (
    Company(
        "first",
        "Europe/Brussels",
        frozenset(range(5)),
        frozenset((date(2026, 3, 9), date(2026, 4, 6), date(2026, 5, 1))),
    ),
    Company(
        "second",
        "Asia/Tokyo",
        frozenset(range(4)),
        frozenset((date(2026, 3, 10), date(2026, 3, 26), date(2026, 4, 29))),
    ),
)
SELLER = "sales_team.group_sale_salesman"
ALL_LEADS = "sales_team.group_sale_salesman_all_leads"
# key, time zone, write access, groups
PEOPLE = (
    ("wera", "Europe/Brussels", "own", SELLER),
    ("anna", "Pacific/Auckland", "own", SELLER),
    ("otto", "America/Los_Angeles", "all", ALL_LEADS),
    ("mia", None, "all", "sales_team.group_sale_manager,base.group_partner_manager"),
    ("leo", "Asia/Tokyo", "all", ALL_LEADS),
    ("emil", "Europe/Brussels", "none", "base.group_user"),
)
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
    Template("once", (Step("A"), Step("B", (1, "days"), "previous")), once=True),
    Template("goes on", (Step("A"), Step("B", (5, "days"), "previous")), goes_on=True),
)


class Trouble(UserError):
    """The error that lets an automated task fail."""


class WalkCase(TracksCase):
    """The shared records of all walks; each walk is rolled back at its end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Hypothesis needs the real time to limit shrinking; Odoo's freeze_time cannot
        # exclude it.
        cls.clock = cls.startClassPatcher(
            freezegun.api.freeze_time(START, ignore=["hypothesis"])
        )
        cls.startClassPatcher(patch.object(cls.env.cr, "now", datetime.now))
        cls.plain_companies = {company.key: company for company in COMPANIES}
        cls.company_ids = {}
        for plain, company in zip(COMPANIES, (cls.company, cls.company_2), strict=True):
            company.resource_calendar_id = cls._make_calendar(plain, company)
            cls.company_ids[plain.key] = company.id
        cls.plain_people = [cls._make_person(*values) for values in PEOPLE]
        cls.env.ref("base.user_admin").company_ids = [
            Command.link(id_) for id_ in cls.company_ids.values()
        ]
        admin = cls.env["track.run"]._get_administrator(cls.company)
        cls.plain_admin = Person("admin", admin.tz or None, "all", admin.id)
        cls.template_ids = {}
        for template in TEMPLATES:
            cls.template_ids[template.key] = cls._make_template(template).id
        Stage = cls.env["crm.stage"].sudo()
        cls.open_stage = Stage.create({"name": "Walk: open", "sequence": 900})
        cls.won_stage = Stage.create(
            {"name": "Walk: won", "is_won": True, "sequence": 901}
        )
        cls._let_updates_fail()
        cls.env.flush_all()

    @classmethod
    def _let_updates_fail(cls):
        """Updates fail while ``trouble`` is set in the model."""
        Task = cls.env.registry["track.run.line"]
        perform = Task._execute_update

        def perform_update(tasks, records):
            if cls.trouble:
                raise Trouble("Trouble")
            return perform(tasks, records)

        cls.trouble = False
        cls.startClassPatcher(patch.object(Task, "_execute_update", perform_update))

    @classmethod
    def _make_calendar(cls, plain, company):
        zone = pytz.timezone(plain.tz)
        calendar = cls.env["resource.calendar"].create(
            {
                "name": f"Walk: {plain.key}",
                "tz": plain.tz,
                "company_id": company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(weekday),
                                "dayofweek": str(weekday),
                                "hour_from": 9,
                                "hour_to": 17,
                            }
                        )
                        for weekday in sorted(plain.weekdays)
                    ),
                ],
            }
        )
        for day in sorted(plain.holidays):
            start = zone.localize(datetime(day.year, day.month, day.day))
            start = start.astimezone(pytz.utc).replace(tzinfo=None)
            cls.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "company_id": company.id,
                    "date_from": start,
                    "date_to": start + timedelta(hours=23, minutes=59),
                }
            )
        return calendar

    @classmethod
    def _make_person(cls, key, tz, reach, groups):
        user = cls.make_user(f"walk_{key}", groups, tz=tz or False)
        user.company_ids = [Command.set(list(cls.company_ids.values()))]
        return Person(key, tz, reach, user.id)

    @classmethod
    def _make_template(cls, template):
        people = {person.key: person.id for person in cls.plain_people}
        lines = []
        for step in template.steps:
            values = {
                "summary": step.summary,
                "delay_count": step.delay[0],
                "delay_unit": step.delay[1],
                "delay_from": step.counts,
                "responsible_type": step.who,
            }
            if step.who in people:
                values |= {
                    "responsible_type": "user",
                    "responsible_id": people[step.who],
                }
            if step.action == "update":
                values |= {
                    "action": "update",
                    "update_ids": [
                        Command.create({"field_name": "priority", "value": "2"})
                    ],
                }
            if step.needs:
                values["condition"] = f"[('referred', '=', '{step.needs}')]"
                values["condition_else"] = step.otherwise
            lines.append(values)
        return cls.make_template(
            *lines,
            name=f"Walk: {template.key}",
            direction="end" if template.counts_back else "start",
            activity_creation="at_once" if template.ahead is None else "ahead",
            ahead_days=template.ahead or 0,
            one_per_record=template.once,
            day_off=template.day_off or False,
            res_model_ids=[Command.set(cls._get_models(template))],
            on_close="continue" if template.goes_on else "mute",
            goal=template.goal and f"[('referred', '=', '{template.goal}')]",
        )

    @classmethod
    def _get_models(cls, template):
        return [cls.env["ir.model"]._get_id(template.model)] if template.model else []

    def make_world(self):
        """A world with its first records, the same in the model and in Odoo."""
        people = {
            person.key: Person(person.key, person.tz, person.reach, person.id)
            for person in self.plain_people
        }
        admin = self.plain_admin
        world = World(
            now=START,
            people=people,
            companies=dict(self.plain_companies),
            templates={template.key: template for template in TEMPLATES},
            records=[],
            administrator=Person("admin", admin.tz, "all", admin.id),
        )
        for owner, company in (("wera", "first"), ("anna", "second")):
            self.make_record(world, "crm.lead", owner, company)
        self.make_record(world, "res.partner", "otto", "first")
        return world

    def make_record(self, world, model, owner, company):
        number = len(world.records) + 1
        owner = world.people.get(owner)
        values = {
            "name": f"Walk {number}",
            "user_id": owner and owner.id or False,
            "company_id": self.company_ids[company],
        }
        if model == "crm.lead":
            values |= {
                "type": "opportunity",
                "team_id": False,
                "stage_id": self.open_stage.id,
            }
        found = self.env[model].create(values)
        record = Record(
            key=f"{model} {number}",
            model=model,
            owner=owner,
            company=world.companies[company],
            id=found.id,
        )
        world.records.append(record)
        return record
