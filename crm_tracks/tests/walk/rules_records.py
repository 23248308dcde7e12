"""The actions of users on records and on other users."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from . import events, moves
from .machine import ACTOR, NUMBER, PERSON, UNDO, TimeMoves, Walker
from .rules_dates import DateMoves
from .rules_endings import SeveralMoves
from .rules_meetings import MeetingMoves
from .rules_next import NextMoves
from .rules_pauses import PauseMoves
from .rules_people import GroupMoves
from .rules_tasks import EditMoves, OrderMoves, TrackMoves
from .things import Plain

MAIL = """\
Return-Path: <customer@walk.example>
From: Customer <customer@walk.example>
To: sales@walk.example
Subject: Re: Offer
Message-ID: <{number}@walk.example>
{header}Content-Type: text/plain

Thank you.
"""


class RecordMoves(Walker):
    """Records are closed, reopened, reassigned, merged and deleted."""

    def learn_company(self, record):
        """Odoo decides the company of an opportunity without an owner."""
        keys = {id_: key for key, id_ in self.case.company_ids.items()}
        company = self.browse(record.model, record.id).company_id
        events.move_company(
            record, self.world.companies[keys[company.id]] if company else None
        )

    @rule(
        record=NUMBER,
        how=st.sampled_from(("lost", "won", "archived")),
        undo=UNDO,
    )
    def close(self, record, how, undo):
        record = self.pick(record, self.records)
        if record.model != "crm.lead":
            how = "archived"
        # there are several ways to go from one closed state to another
        if record.closed and (how, record.closed) != ("won", "lost"):
            return
        mia = self.person("mia")

        def change():
            if how == "lost":  # the button looks at all that tracks follow
                events.follow_date(self.world, record, mia)
            if record.closed:
                events.open_again(self.world, mia, record)
            events.close(self.world, mia, record, how)

        def call(_none):
            found = self.browse(record.model, record.id, mia)
            if how == "lost":
                found.action_set_lost()
            elif how == "won":
                found.action_set_won()
            else:
                found.action_archive()

        self.act(f"mia closes {record.key}: {how}", change, call, undo)

    @precondition(lambda self: any(record.closed for record in self.records))
    @rule(record=NUMBER, undo=UNDO)
    def open_again(self, record, undo):
        record = self.pick(record, [one for one in self.records if one.closed])
        mia = self.person("mia")

        def call(_none):
            found = self.browse(record.model, record.id, mia)
            if was == "won":
                found.write({"stage_id": self.case.open_stage.id, "probability": 10})
            elif was == "lost":
                found.action_restore()
            else:
                found.action_unarchive()

        was = record.closed
        self.act(
            f"mia reopens {record.key}, {was}",
            lambda: events.open_again(self.world, mia, record),
            call,
            undo,
        )

    @rule(record=NUMBER, owner=st.none() | PERSON, undo=UNDO)
    def give(self, record, owner, undo):
        record = self.pick(record, self.records)
        owner = owner and self.person(owner)
        mia = self.person("mia")

        def call(_none):
            self.browse(record.model, record.id, mia).write(
                {"user_id": owner.id if owner else False}
            )
            self.learn_company(record)

        self.act(
            f"mia gives {record.key} to {owner and owner.key}",
            lambda: events.give(self.world, record, owner),
            call,
            undo,
        )

    @rule(
        record=NUMBER,
        actor=ACTOR,
        value=st.sampled_from(("hot", "goal", None, "hot", " ")),
        undo=UNDO,
    )
    def mark(self, record, actor, value, undo):
        leads = [one for one in self.records if one.model == "crm.lead"]
        record, actor = self.pick(record, leads), self.person(actor)
        self.act(
            f"{actor.key} marks {record.key} as {value}",
            lambda: moves.mark(self.world, actor, record, value),
            lambda _none: self.browse("crm.lead", record.id, actor).write(
                {"referred": value or False}
            ),
            undo,
        )

    @property
    def listening(self):
        """The records whose tracks follow answers, also those on hold."""
        return [
            record
            for record in self.records
            if any(
                track.template.on_reply and not track.ended for track in record.tracks
            )
        ]

    @precondition(lambda self: self.listening)
    @rule(
        record=NUMBER,
        header=st.sampled_from(("", "Auto-Submitted: auto-replied\n")),
        undo=UNDO,
    )
    def answer(self, record, header, undo):
        record = self.pick(record, self.listening)
        mail = MAIL.format(number=len(self.journal), header=header)
        self.act(
            f"the customer of {record.key} answers {header.strip()}",
            lambda: None if header else events.answer(self.world, record),
            lambda _none: self.browse("mail.thread", []).message_process(
                record.model, mail, thread_id=record.id
            ),
            undo,
        )

    @rule(record=NUMBER, company=st.sampled_from(("first", "second")), undo=UNDO)
    def move_company(self, record, company, undo):
        record = self.pick(record, self.records)
        company = self.world.companies[company]
        mia = self.person("mia")
        if company is record.company:
            return
        self.act(
            f"mia moves {record.key} to the {company.key} company",
            lambda: events.move_company(record, company),
            lambda _none: self.browse(record.model, record.id, mia).write(
                {"company_id": self.case.company_ids[company.key]}
            ),
            undo,
        )

    @precondition(lambda self: sum(one.model == "crm.lead" for one in self.records) > 1)
    @rule(record=NUMBER)
    def merge(self, record):
        leads = [one for one in self.records if one.model == "crm.lead"]
        mia = self.person("mia")
        found = self.browse("crm.lead", [one.id for one in leads], mia)
        survivor = found._sort_by_confidence_level(reverse=True)[0].id
        [survivor] = [one for one in leads if one.id == survivor]
        others = [one for one in leads if one is not survivor]

        def call(_none):
            found.merge_opportunity()
            # Odoo decides the values of the merged record
            lead = self.browse("crm.lead", survivor.id)
            owners = {one.id: one for one in self.world.people.values()}
            events.give(self.world, survivor, owners.get(lead.user_id.id))
            self.learn_company(survivor)
            survivor.mark = lead.referred or None
            survivor.day = lead.date_deadline or None
            events.follow_date(self.world, survivor, mia)
            self.world.look_at(survivor, mia)

        self.act(
            f"mia merges {[one.key for one in others]} into {survivor.key}",
            lambda: events.merge(self.world, mia, survivor, others),
            call,
        )

    @precondition(lambda self: len(self.records) < 4)
    @rule(owner=PERSON, company=st.sampled_from(("first", "second")))
    def new_lead(self, owner, company):
        self.act(
            f"a new opportunity of {owner}",
            lambda: None,
            lambda _none: self.case.make_record(
                self.world, "crm.lead", self.person(owner).key, company
            ),
        )

    @rule(muting=st.sampled_from(("all", "tracks", "none")))
    def choose_muting(self, muting):
        muting = "all" if muting == self.world.muting else muting
        if muting == self.world.muting:
            return

        def change():
            self.world.muting = muting

        def call(_none):
            parameters = self.case.env["ir.config_parameter"].sudo()
            for reason in ("lost", "won", "archived"):
                parameters.set_param(f"crm_tracks.mute_{reason}", muting)

        self.act(f"closings mute {muting}", change, call)


class PeopleMoves(Walker):
    """Users leave and come back, and have activities without a track."""

    @rule(record=NUMBER, actor=ACTOR, person=PERSON)
    def plan(self, record, actor, person):
        record, actor = self.pick(record, self.records), self.person(actor)
        person = self.person(person)
        if not self.world.may_write(actor, record) or len(record.plain) > 3:
            return

        def call(_none):
            activity = self.browse(record.model, record.id, actor).activity_schedule(
                "mail.mail_activity_data_todo", user_id=person.id, summary="Plain"
            )
            record.plain.append(Plain(activity.id, person))

        self.act(f"{actor.key} plans for {person.key}", lambda: None, call)

    @rule(person=st.sampled_from(("leo", "anna")), door=st.booleans(), undo=UNDO)
    def leave(self, person, door, undo):
        person = self.world.people[person]
        if not person.active:
            return

        def call(_none):
            user = self.browse("res.users", person.id, self.world.administrator)
            if door:
                user.action_archive()
            else:
                user.write({"active": False})

        self.act(
            f"{person.key} leaves, by {'the button' if door else 'a write'}",
            lambda: events.leave(self.world, person, door),
            call,
            undo,
        )

    @precondition(
        lambda self: not all(person.active for person in self.world.people.values())
    )
    @rule()
    def come_back(self):
        [person, *_] = [one for one in self.world.people.values() if not one.active]

        def change():
            person.active = True

        self.act(
            f"{person.key} comes back",
            change,
            lambda _none: self.browse(
                "res.users", person.id, self.world.administrator
            ).action_unarchive(),
        )


class Walk(
    TimeMoves,
    TrackMoves,
    PauseMoves,
    SeveralMoves,
    EditMoves,
    OrderMoves,
    NextMoves,
    MeetingMoves,
    DateMoves,
    RecordMoves,
    PeopleMoves,
    GroupMoves,
):
    """All actions."""
