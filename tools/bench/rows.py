"""All comparisons; those of lists, the cron and updates are in files of their own."""

from cron_rows import CronRows
from fields_spec import get_fields_spec
from list_rows import ListRows
from lxml import etree
from pair_rows import PairRows
from part import Row, on_leads
from stopwatch import Side
from update_rows import UpdateRows

from odoo.fields import Domain


class Bench(UpdateRows, CronRows, PairRows, ListRows):
    """Measures the parts of the table in one database.

    Each public method is a part: a generator of its title, followed by its rows.
    """

    PARTS = (
        "own",
        "others",
        "closing",
        "ticking",
        "form",
        "dashboard",
        "automated",
        "updating",
        "cron",
        "pair",
        "lists",
    )

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def own(self):
        """Applying ten tasks to opportunities of the current user."""
        yield from self._apply(self.world.uid, self.sizes.leads, 4)

    def others(self):
        """Applying ten tasks to opportunities of another user."""
        yield from self._apply(self.world.colleague_id, self.sizes.plan_leads, 25)

    def _apply(self, owner_id, plan_count, factor):
        world, count = self.world, self.sizes.leads
        ours_on = world.make_leads(count, owner_id)
        others_on = world.make_leads(count, owner_id)
        ours, plan, bare = self._compare(
            Side(
                f"tracks_apply on {count}",
                count,
                self._tracks(ours_on),
                self._has_ten(ours_on),
            ),
            Side(
                f"Odoo's plan on {plan_count}",
                plan_count,
                self._plan(others_on[:plan_count], owner_id),
                self._has_ten(others_on[:plan_count]),
            ),
            Side(
                f"bare create of the {10 * count:,} activities",
                count,
                self._bare(others_on, owner_id),
                self._has_ten(others_on),
            ),
        )
        world.remove_leads(ours_on + others_on)
        yield Row(ours)
        faster = plan.per_record / ours.per_record
        yield Row(
            plan,
            f"ours is {faster:.1f} times as fast",
            f"at least {factor} times",
            faster >= factor,
        )
        slower = ours.per_record / bare.per_record
        yield Row(
            bare,
            f"ours takes {slower:.2f} times as long",
            "at most 2 times, better 1.5",
            slower <= 2,
        )

    def _tracks(self, lead_ids):
        def prepare(env):
            leads = env["crm.lead"].browse(lead_ids)
            return lambda: leads.tracks_apply(self.world.ten_id)

        return prepare

    def _plan(self, lead_ids, owner_id):
        def prepare(env):
            wizard = env["mail.activity.schedule"].create(
                {
                    "res_model": "crm.lead",
                    "res_ids": repr(lead_ids),
                    "plan_id": self.world.make_plan(env).id,
                    "plan_on_demand_user_id": owner_id,
                }
            )
            return wizard.action_schedule_plan

        return prepare

    def _bare(self, lead_ids, owner_id):
        def prepare(env):
            vals_list = self.world.prepare_activities_vals(
                env, env["crm.lead"].browse(lead_ids), owner_id
            )
            activities = env["mail.activity"].with_context(
                mail_activity_quick_update=True
            )
            return lambda: activities.create(vals_list)

        return prepare

    def _has_ten(self, lead_ids):
        """A check that each of these opportunities has ten activities."""

        def check(env):
            count = env["mail.activity"].search_count(on_leads(lead_ids))
            assert count == 10 * len(lead_ids), f"{count} activities"

        return check

    # ------------------------------------------------------------------
    # Closing and ticking
    # ------------------------------------------------------------------

    def closing(self):
        """Losing and restoring opportunities with ten open activities each."""
        world, count = self.world, self.sizes.leads
        plain, tracked = (world.make_leads(count, world.uid) for _side in "ab")
        spare = world.make_leads(1, world.uid)
        self._make_plain(plain)
        with world.committing() as env:
            leads = env["crm.lead"].with_user(world.uid).browse(tracked)
            leads.tracks_apply(world.ten_id)
        results = self._compare(
            self._close(tracked, spare, "all", "with tracks"),
            self._close(plain, spare, "none", "plain activities, nothing muted"),
            self._close(
                plain, spare, "none", "plain activities, all archived", archiving=True
            ),
        )
        world.remove_leads(plain + tracked + spare)
        # losing is measured before restoring, on each side
        for ours, other, both in (results[::2], results[1::2]):
            yield Row(ours)
            yield self._make_row(ours, other)
            yield self._make_row(ours, both, "the same work: ")

    def _make_plain(self, lead_ids, count=10):
        with self.world.committing() as env:
            leads = env["crm.lead"].browse(lead_ids)
            vals_list = self.world.prepare_activities_vals(
                env, leads, self.world.uid, count
            )
            env["mail.activity"].create(vals_list)
            # as tracks do: Odoo reads earlier messages with each new one
            leads._message_log_batch(dict.fromkeys(lead_ids, "Started"))

    def _close(self, lead_ids, spare_ids, muting, what, archiving=False):
        """Losing these opportunities, then restoring them.

        :param str muting: the setting for lost ones
        :param bool archiving: whether their activities are archived by Odoo's own way,
            and unarchived
        """

        def carry_out(env, move, active):
            def call():
                move()
                if archiving:
                    found = env["mail.activity"].search(on_leads(lead_ids))
                    found.write({"active": active})

            return call

        def prepare(env):
            # clears caches that are filled on a running server: another record fills
            # them
            env["ir.config_parameter"].sudo().set_param("crm_tracks.mute_lost", muting)
            spare = env["crm.lead"].browse(spare_ids)
            spare.action_set_lost()
            spare.action_restore()
            lose = env["crm.lead"].browse(lead_ids).action_set_lost
            return carry_out(env, lose, active=False)

        count = len(lead_ids)
        restoring = Side(
            f"restoring {count}, {what}",
            count,
            lambda env: carry_out(
                env, env["crm.lead"].browse(lead_ids).action_restore, active=True
            ),
            self._is_muted(lead_ids, False),
        )
        is_muted = self._is_muted(lead_ids, archiving or muting == "all")
        return Side(f"losing {count}, {what}", count, prepare, is_muted, then=restoring)

    def _is_muted(self, lead_ids, muted):
        def check(env):
            count = env["mail.activity"].search_count(
                on_leads(lead_ids) & Domain("active", "=", not muted)
            )
            assert count == 10 * len(lead_ids), f"{count} activities"

        return check

    def ticking(self):
        """Ticking activities, after each of which a track assigns the next one."""
        world, count = self.world, self.sizes.ticks
        plain, tracked = (world.make_leads(count, world.uid) for _side in "ab")
        self._make_plain(plain, count=1)
        with world.committing() as env:
            leads = env["crm.lead"].with_user(world.uid).browse(tracked)
            leads.tracks_apply(world.chain_id)
        ours, other, both = self._compare(
            Side(
                f"ticking {count} tasks, the next ones assigned",
                count,
                self._tick(tracked),
                self._is_ticked(tracked, 1),
            ),
            Side(
                f"ticking {count} plain activities",
                count,
                self._tick(plain),
                self._is_ticked(plain, 0),
            ),
            Side(
                f"ticking {count} plain activities, and creating as many",
                count,
                self._tick_and_create(plain),
                self._is_ticked(plain, 1),
            ),
        )
        world.remove_leads(plain + tracked)
        yield Row(ours)
        slower, more = (
            ours.median / other.median,
            ours.query_count / other.query_count,
        )
        yield Row(
            other,
            f"ours takes {slower:.2f} times as long, {more:.2f} times the queries",
            "at most 2 times the queries",
            more <= 2,
        )
        yield self._make_row(ours, both, "the same work: ")

    def _tick(self, lead_ids):
        def prepare(env):
            activities = env["mail.activity"].search(on_leads(lead_ids))
            assert len(activities) == len(lead_ids)
            return activities.action_feedback

        return prepare

    def _tick_and_create(self, lead_ids):
        def prepare(env):
            tick = self._tick(lead_ids)(env)
            leads = env["crm.lead"].browse(lead_ids)
            vals_list = self.world.prepare_activities_vals(
                env, leads, self.world.uid, 1
            )
            create = env["mail.activity"].create
            return lambda: (tick(), create(vals_list))

        return prepare

    def _is_ticked(self, lead_ids, following):
        def check(env):
            activities = env["mail.activity"].search(on_leads(lead_ids))
            active = len(activities.filtered("active"))
            assert len(activities) - active == len(lead_ids)
            assert active == following * len(lead_ids)

        return check

    # ------------------------------------------------------------------
    # The form
    # ------------------------------------------------------------------

    def form(self):
        """Opening the form with four tracks of ten tasks, then its tab."""
        world = self.world
        with_tracks, without = (world.make_leads(1, world.uid) for _side in "ab")
        with world.committing() as env:
            lead = env["crm.lead"].with_user(world.uid).browse(with_tracks)
            for template_id in (world.ten_id, world.chain_id) * 2:
                lead.tracks_apply(template_id)
        results = self._compare(
            *(
                Side(f"{part} {what}", 1, read(lead_ids))
                for part, read in (
                    ("form", self._open_form),
                    ("form and tab", self._open_form_and_tab),
                )
                for what, lead_ids in (
                    ("with 40 tasks", with_tracks),
                    ("without a track", without),
                )
            )
        )
        world.remove_leads(with_tracks + without)
        for ours, other in (results[:2], results[2:]):
            yield Row(ours)
            more = ours.query_count - other.query_count
            slower = ours.median / other.median
            yield Row(
                other,
                f"ours takes {more} queries more, and {slower:.2f} times as long",
                "at most 10 more",
                more <= 10,
            )

    def _open_form(self, lead_ids):
        def prepare(env):
            lead = env["crm.lead"].browse(lead_ids)
            view = env.ref("crm.crm_lead_view_form")
            arch = etree.fromstring(lead.get_view(view.id, "form")["arch"])
            spec = get_fields_spec(arch, lead)
            assert "track_run_ids" in spec
            return lambda: lead.web_read(spec)

        return prepare

    def _open_form_and_tab(self, lead_ids):
        def prepare(env):
            open_form = self._open_form(lead_ids)(env)
            # the tab loads its data when it is shown
            show = env["track.run"].get_tab_data
            return lambda: (open_form(), show("crm.lead", *lead_ids))

        return prepare
