"""The records of a walk in Odoo: companies, users, templates and records."""

import copy
from datetime import date, datetime, timedelta
from unittest.mock import patch

import freezegun.api
import pytz

from odoo import Command
from odoo.exceptions import UserError

from ..common import TracksCase
from .days import Company
from .model import World
from .templates import GATED_TYPE, TEMPLATES, prepare_task_vals, prepare_vals
from .things import Person, Record

START = datetime(2026, 3, 4, 10)
# What the dates of tracks on new opportunities follow.
DAY = date(2026, 3, 24)
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


# Who stands in for whom at first, and from which day on, and for how many days more,
# the latter is away.
ABSENCES = {
    "anna": ("leo", 0, 2),
    "leo": ("otto", 0, 1),
    "wera": ("anna", 3, 3),
    "otto": ("wera", 1, 2),
}


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
        cls._find_administrators()
        cls._make_groups()
        cls._make_templates()
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
            dates = {
                "date_from": start,
                "date_to": start + timedelta(hours=23, minutes=59),
            }
            leave = cls.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "company_id": company.id,
                    **dates,
                }
            )
            leave.write(dates)  # Time Off moves what is created into the user's zone
        return calendar

    @classmethod
    def _make_person(cls, key, tz, reach, groups):
        user = cls.make_user(f"walk_{key}", groups, tz=tz or False)
        user.company_ids = [Command.set(list(cls.company_ids.values()))]
        manages = user.has_group("crm_tracks.group_track_manager")
        return Person(key, tz, reach, user.id, manages=manages)

    @classmethod
    def _find_administrators(cls):
        """Those to whom late tasks are escalated; no team has a leader."""
        cls.env["crm.team"].with_context(active_test=False).search(
            [("user_id", "!=", False)]
        ).user_id = False
        cls.plain_admins = {}
        for key, company_id in cls.company_ids.items():
            company = cls.env["res.company"].browse(company_id)
            found = cls.env["res.users"]
            while user := cls.env["track.run"]._get_administrator(company, found):
                found |= user
            cls.plain_admins[key] = [
                Person(user.login, user.tz or None, "all", user.id)
                for user in found
                if user.has_group(ALL_LEADS)
            ]

    @classmethod
    def _make_groups(cls):
        """A role, a team, and the customer of opportunities, whose user is in a field.

        The team has no leader, and opportunities are in no team.
        """
        cls.groups = {
            "role": cls.env["res.role"].create({"name": "Walk"}),
            "team": cls.env["crm.team"].create({"name": "Walk", "user_id": False}),
        }
        cls.customer = cls.env["res.partner"].create({"name": "Walk: customer"})

    @classmethod
    def set_members(cls, group, people):
        """Let a role or team have these members."""
        names = {"role": "user_ids", "team": "member_ids"}
        cls.groups[group][names[group]] = [Command.set([one.id for one in people])]

    @classmethod
    def set_stand_in(cls, person, stand_in):
        """Let another person, or None, stand in for this one; in Odoo and the model."""
        person.stand_in = stand_in
        user = cls.env["res.users"].browse(person.id)
        user.track_stand_in_id = stand_in and stand_in.id

    @classmethod
    def set_absence(cls, person, absence):
        """Let a person be out of office, or back; in Odoo and the model.

        :param tuple absence: the first and the last day; None for nothing
        """
        person.absence = absence
        zone = pytz.timezone(person.tz or "UTC")

        def get_moment(day):
            moment = zone.localize(datetime(day.year, day.month, day.day))
            return moment.astimezone(pytz.utc).replace(tzinfo=None)

        cls.env["res.users"].browse(person.id).write(
            {
                "out_of_office_from": absence and get_moment(absence[0]),
                "out_of_office_to": absence
                and get_moment(absence[1] + timedelta(days=1)),
            }
        )

    @classmethod
    def _make_templates(cls):
        people = {person.key: person.id for person in cls.plain_people}
        type_id = cls.env.ref(GATED_TYPE).id
        groups = {key: group.id for key, group in cls.groups.items()}
        cls.template_ids = {}
        for template in TEMPLATES:
            made = cls.make_template(
                *(
                    prepare_task_vals(step, people, type_id, groups)
                    for step in template.steps
                ),
                **prepare_vals(template, people, cls._get_models(template)),
            )
            cls.template_ids[template.key] = made.id
        for template in TEMPLATES:
            if template.next:
                cls.env["track.template"].browse(
                    cls.template_ids[template.key]
                ).next_template_ids = cls.get_template_commands(template.next)

    @classmethod
    def get_template_commands(cls, keys):
        """The value of a field that contains the templates with these keys."""
        return [Command.set([cls.template_ids[key] for key in keys])]

    @classmethod
    def _get_models(cls, template):
        return [cls.env["ir.model"]._get_id(template.model)] if template.model else []

    def make_world(self):
        """A world with its first records, the same in the model and in Odoo."""
        people = {person.key: copy.copy(person) for person in self.plain_people}
        world = World(
            now=START,
            people=people,
            companies=dict(self.plain_companies),
            templates={template.key: template for template in TEMPLATES},
            records=[],
            administrator=copy.copy(self.plain_admin),
            administrators=self._get_administrators(people),
            next={template.key: template.next for template in TEMPLATES},
            members={
                "role": [people[key] for key in ("wera", "leo", "otto")],
                "team": [people[key] for key in ("anna", "leo", "emil")],
            },
            customers=people["otto"],
        )
        for group, members in world.members.items():
            self.set_members(group, members)
        self.customer.user_id = world.customers.id
        for key, (stand_in, first, days) in ABSENCES.items():
            self.set_stand_in(people[key], people[stand_in])
            start = START.date() + timedelta(days=first)
            self.set_absence(people[key], (start, start + timedelta(days=days)))
        for owner, company in (("wera", "first"), ("anna", "second")):
            self.make_record(world, "crm.lead", owner, company)
        self.make_record(world, "res.partner", "otto", "first")
        return world

    def _get_administrators(self, people):
        """The administrators of each company, those of the walk among them.

        :param dict people: the people of the walk
        """
        known = {person.id: person for person in people.values()}
        return {
            key: [known.get(admin.id) or copy.copy(admin) for admin in admins]
            for key, admins in self.plain_admins.items()
        }

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
                "partner_id": self.customer.id,
                "stage_id": self.open_stage.id,
                "date_deadline": DAY,
            }
        found = self.env[model].create(values)
        record = Record(
            key=f"{model} {number}",
            model=model,
            owner=owner,
            company=world.companies[company],
            id=found.id,
            day=DAY if model == "crm.lead" else None,
        )
        world.records.append(record)
        return record
