"""What all parts of the table are made of."""

from dataclasses import dataclass

from stopwatch import Result, compare

from odoo.fields import Domain


@dataclass
class Sizes:
    """The numbers of records."""

    leads: int = 500
    plan_leads: int = 50  # of another user: 500 would take a minute for each sample
    ticks: int = 100
    due: int = 1000
    running: int = 5000  # as many tracks as one run of the cron compares
    updated: int = 10_000
    shared: int = 5000  # due tasks, for one scheduled action and for two
    owned: int = 300  # opportunities of the salesperson who opens lists
    tasks: tuple = (10_000, 100_000, 1_000_000)


@dataclass
class Row:
    """One line of the table: a result, and how it compares.

    :ivar comparison: as text, with the name of the other side
    :ivar target: as text; ``met`` tells whether it was reached
    """

    result: Result
    comparison: str = ""
    target: str = ""
    met: bool | None = None


class Part:
    """Measures parts of the table in one database.

    :ivar int repeat: the number of samples of each side
    """

    def __init__(self, world, sizes, repeat):
        self.world = world
        self.sizes = sizes
        self.repeat = repeat

    def _compare(self, *sides):
        self.world.tidy()
        return compare(self.world.registry, self.world.uid, sides, self.repeat)

    def _make_row(self, ours, other, what=""):
        """The row of Odoo's way, beside which ours was measured.

        :param str what: what Odoo did, if that is not obvious
        """
        slower = ours.per_record / other.per_record
        return Row(other, f"{what}ours takes {slower:.2f} times as long")


def on_leads(lead_ids):
    """The domain of the activities of these opportunities, archived ones included."""
    return (
        Domain("res_model", "=", "crm.lead")
        & Domain("res_id", "in", lead_ids)
        & Domain("active", "in", (True, False))
    )
