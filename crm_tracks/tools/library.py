"""The starter library: track templates that a business can begin with.

They are defined only here: the dialog of the library offers them, and the demo data are
created from them. Texts are translated into the language of the user who creates a
template.
"""

from typing import NamedTuple

from odoo.tools.translate import LazyGettext, LazyTranslate

_lt = LazyTranslate(__name__)


class LibraryTask(NamedTuple):
    """One task of a template in the library.

    ``kind`` is the end of the external id of its activity type; ``when`` contains the
    three values of its delay: “2 weekdays previous”.
    """

    key: str
    summary: LazyGettext
    kind: str
    when: str
    responsible_type: str = "owner"
    note: LazyGettext | None = None


class LibraryTemplate(NamedTuple):
    """A template of the library; ``values`` are further ``track.template`` fields."""

    name: LazyGettext
    direction: str
    models: tuple[str, ...]
    tasks: tuple[LibraryTask, ...]
    values: dict


_OPPORTUNITIES = ("crm.lead",)

LIBRARY = {
    # Each task waits for the previous one, except the review
    "sales_follow_through": LibraryTemplate(
        _lt("Sales follow-through"),
        "start",
        _OPPORTUNITIES,
        (
            LibraryTask(
                "follow_through_write",
                _lt("Write to the customer"),
                "email",
                "0 days start",
                note=_lt(
                    "Thank them for the request, and ask who decides and by when."
                ),
            ),
            LibraryTask(
                "follow_through_call",
                _lt("Call the customer"),
                "call",
                "2 days previous",
            ),
            LibraryTask(
                "follow_through_meeting",
                _lt("Arrange a meeting"),
                "meeting",
                "1 weekdays previous",
            ),
            LibraryTask(
                "follow_through_calendar",
                _lt("Note the meeting in the calendar"),
                "todo",
                "0 days previous",
            ),
            LibraryTask(
                "follow_through_contract",
                _lt("Send the contract's details"),
                "email",
                "1 weeks previous",
            ),
            LibraryTask(
                "follow_through_review",
                _lt("Review the opportunity"),
                "todo",
                "30 days start",
            ),
        ),
        {"sequence": 10},
    ),
    # Weekdays, and the same assignee as the previous task
    "client_onboarding": LibraryTemplate(
        _lt("Client onboarding"),
        "start",
        _OPPORTUNITIES,
        (
            LibraryTask(
                "onboarding_welcome",
                _lt("Write a welcome e-mail"),
                "email",
                "0 weekdays start",
                note=_lt(
                    "Name the person whom the client can call, and say what happens "
                    "next."
                ),
            ),
            LibraryTask(
                "onboarding_hand_over",
                _lt("Pass the order on to delivery"),
                "todo",
                "1 weekdays start",
                "starter",
            ),
            LibraryTask(
                "onboarding_kick_off",
                _lt("Hold the kick-off call"),
                "call",
                "2 weekdays previous",
            ),
            LibraryTask(
                "onboarding_minutes",
                _lt("Send the minutes of the kick-off"),
                "email",
                "1 weekdays previous",
                "previous",
                _lt("Write down who does what, and by when."),
            ),
            LibraryTask(
                "onboarding_invoice",
                _lt("Check the first invoice"),
                "todo",
                "2 weeks previous",
                "starter",
            ),
            LibraryTask(
                "onboarding_first_month",
                _lt("Ask how the first month went"),
                "call",
                "1 months start",
            ),
        ),
        {"sequence": 20},
    ),
    # Back from the day of the event
    "event_preparation": LibraryTemplate(
        _lt("Event preparation"),
        "end",
        _OPPORTUNITIES,
        (
            LibraryTask(
                "event_venue",
                _lt("Agree on the venue with the customer"),
                "call",
                "2 months end",
            ),
            LibraryTask(
                "event_invitations",
                _lt("Send the invitations"),
                "email",
                "6 weeks end",
            ),
            LibraryTask(
                "event_order",
                _lt("Order the furniture and the catering"),
                "todo",
                "3 weeks end",
                note=_lt("The caterer needs the number of guests and their diets."),
            ),
            LibraryTask(
                "event_guests",
                _lt("Confirm the number of guests"),
                "call",
                "8 weekdays end",
            ),
            LibraryTask(
                "event_build_up",
                _lt("Check the build-up on site"),
                "meeting",
                "2 days end",
                "starter",
            ),
            LibraryTask(
                "event_welcome", _lt("Welcome the guests"), "todo", "0 days end"
            ),
        ),
        {"sequence": 30},
    ),
    # Continues when the opportunity is closed, because it starts then
    "client_offboarding": LibraryTemplate(
        _lt("Client offboarding"),
        "start",
        _OPPORTUNITIES,
        (
            LibraryTask(
                "offboarding_confirm",
                _lt("Confirm the end of the contract"),
                "email",
                "0 days start",
                note=_lt(
                    "Say until when the client is served, and what happens to the data."
                ),
            ),
            LibraryTask(
                "offboarding_invoice",
                _lt("Send the last invoice"),
                "todo",
                "2 weekdays previous",
            ),
            LibraryTask(
                "offboarding_cooling",
                _lt("Ask whether the decision stands"),
                "call",
                "30 days start",
                note=_lt("Thirty days of cooling off are over."),
            ),
            LibraryTask(
                "offboarding_data",
                _lt("Delete the client's data"),
                "todo",
                "1 weekdays previous",
            ),
        ),
        {"sequence": 40, "on_close": "continue", "one_per_record": True},
    ),
    # Again every month, also for won opportunities; activities are created in advance
    "monthly_invoice": LibraryTemplate(
        _lt("Monthly invoice"),
        "start",
        ("crm.lead", "res.partner"),
        (
            LibraryTask(
                "invoice_collect",
                _lt("Collect the month's deliveries and hours"),
                "todo",
                "0 weekdays start",
                note=_lt(
                    "Ask the people on site for hours and material not recorded yet."
                ),
            ),
            LibraryTask(
                "invoice_check",
                _lt("Compare them with the contract"),
                "todo",
                "1 weekdays previous",
                "previous",
                _lt(
                    "Prices, discounts, and whether the customer wants an order number."
                ),
            ),
            LibraryTask(
                "invoice_write",
                _lt("Write the invoice"),
                "upload_document",
                "1 weekdays previous",
            ),
            LibraryTask(
                "invoice_send",
                _lt("Send the invoice"),
                "email",
                "0 days previous",
                "previous",
            ),
            LibraryTask(
                "invoice_paid",
                _lt("Check whether it has been paid"),
                "todo",
                "2 weeks previous",
                "starter",
            ),
            LibraryTask(
                "invoice_remind",
                _lt("Remind the customer of the open amount"),
                "call",
                "1 weeks previous",
                note=_lt("Skip this if it has been paid."),
            ),
        ),
        {
            "sequence": 50,
            "activity_creation": "ahead",
            "ahead_days": 7,
            "on_close": "continue",
            "repeat_every": 1,
            "repeat_unit": "months",
        },
    ),
    # Back from the day when the books close, every month, for every model
    "end_of_period": LibraryTemplate(
        _lt("End of period"),
        "end",
        (),
        (
            LibraryTask(
                "period_announce",
                _lt("Announce when the books close"),
                "email",
                "2 weeks end",
                "starter",
            ),
            LibraryTask(
                "period_receipts",
                _lt("Ask for missing receipts and hours"),
                "email",
                "5 weekdays end",
                note=_lt("Receipts that arrive later count for the next period."),
            ),
            LibraryTask(
                "period_invoices",
                _lt("Send what has not been invoiced yet"),
                "todo",
                "3 weekdays end",
            ),
            LibraryTask(
                "period_overdue",
                _lt("Call the customers whose invoices are overdue"),
                "call",
                "2 weekdays end",
            ),
            LibraryTask(
                "period_bank",
                _lt("Reconcile the bank accounts"),
                "todo",
                "1 weekdays end",
            ),
            LibraryTask(
                "period_close",
                _lt("Close the period"),
                "todo",
                "0 weekdays end",
                "starter",
                _lt("Lock the books, and send the figures to the management."),
            ),
        ),
        {
            "sequence": 60,
            "activity_creation": "ahead",
            "ahead_days": 5,
            "repeat_every": 1,
            "repeat_unit": "months",
        },
    ),
    # Each task follows the previous one, mostly by the same user; for every model
    "support_query": LibraryTemplate(
        _lt("Support query"),
        "start",
        (),
        (
            LibraryTask(
                "support_answer",
                _lt("Confirm that the query was received"),
                "email",
                "0 weekdays start",
                note=_lt("Say who takes care of it, and when they will hear from us."),
            ),
            LibraryTask(
                "support_find_out",
                _lt("Find out what is wrong"),
                "call",
                "1 weekdays previous",
                note=_lt(
                    "What happens, since when, with which delivery? Ask for a photo."
                ),
            ),
            LibraryTask(
                "support_solve",
                _lt("Solve the problem"),
                "todo",
                "2 weekdays previous",
                "previous",
            ),
            LibraryTask(
                "support_tell",
                _lt("Tell the customer what was done"),
                "email",
                "0 days previous",
                "previous",
            ),
            LibraryTask(
                "support_ask",
                _lt("Ask whether the problem is solved"),
                "call",
                "1 weeks previous",
            ),
            LibraryTask(
                "support_note",
                _lt("Write the solution down for the next time"),
                "todo",
                "1 days previous",
                "starter",
            ),
        ),
        {"sequence": 70},
    ),
}
