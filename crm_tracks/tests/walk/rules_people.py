"""The changes of users that decide who does a task."""

from datetime import timedelta

import pytz
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from .machine import PERSON, UNDO, Walker
from .templates import THEMES

# In other themes, nothing depends on them.
on_people = precondition(lambda self: self.theme in (THEMES["people"], THEMES["any"]))


class GroupMoves(Walker):
    """Roles and teams get other members, users are away and have stand-ins."""

    @on_people
    @rule(
        group=st.sampled_from(("role", "team")),
        keys=st.lists(PERSON, max_size=4, unique=True),
        undo=UNDO,
    )
    def set_members(self, group, keys, undo):
        # Odoo removes archived users from a team
        members = [self.world.people[key] for key in keys]
        members = [one for one in members if one.active]

        def change():
            self.world.members[group] = members

        self.act(
            f"the {group} consists of {[one.key for one in members]}",
            change,
            lambda _none: self.case.set_members(group, members),
            undo,
        )

    @on_people
    @rule(person=PERSON, undo=UNDO)
    def set_field(self, person, undo):
        person = self.person(person)

        def change():
            self.world.customers = person

        def call(_none):
            self.case.customer.user_id = person.id

        self.act(f"{person.key} looks after the customer", change, call, undo)

    @on_people
    @rule(person=PERSON, stand_in=st.none() | PERSON, undo=UNDO)
    def set_stand_in(self, person, stand_in, undo):
        person = self.person(person)
        stand_in = stand_in and self.person(stand_in)
        if stand_in is person:
            return

        self.act(
            f"{stand_in and stand_in.key} stands in for {person.key}",
            lambda: None,
            lambda _none: self.case.set_stand_in(person, stand_in),
            undo,
        )

    @on_people
    @rule(
        person=PERSON,
        first=st.integers(-3, 4),
        days=st.none() | st.integers(0, 6),
        undo=UNDO,
    )
    def be_away(self, person, first, days, undo):
        """A person is out of office from a day on, or back."""
        person = self.person(person)
        zone = pytz.timezone(person.tz or "UTC")
        today = pytz.utc.localize(self.world.now).astimezone(zone).date()
        absence = None
        if days is not None:
            start = today + timedelta(days=first)
            absence = start, start + timedelta(days=days)

        self.act(
            f"{person.key} is away: {absence}",
            lambda: None,
            lambda _none: self.case.set_absence(person, absence),
            undo,
        )
