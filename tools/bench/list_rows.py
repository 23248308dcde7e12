"""The overview and the lists among many tasks."""

from fields_spec import get_fields_spec
from lxml import etree
from part import Part, Row
from stopwatch import Side

# What a salesperson opens: the name of the row, the model, the type of the view, its
# name, and the domain.
OPENED = (
    (
        "the overview",
        "track.template",
        "kanban",
        "track_template_view_kanban_overview",
        [],
    ),
    ("the list of tracks", "track.run", "list", "track_run_view_list", []),
    ("the list of tasks", "track.run.line", "list", "track_run_line_view_list", []),
    (
        "the open tasks",
        "track.run.line",
        "list",
        "track_run_line_view_list",
        [("state", "=", "open")],
    ),
)


class ListRows(Part):
    """Measures what users open, with ``web_search_read`` as the web client calls it."""

    def dashboard(self):
        """Opening the overview with increasing numbers of tasks (web_search_read)."""
        first = None
        for tasks in self.sizes.tasks[:2]:
            self.world.grow(tasks)
            [result] = self._compare(
                Side(
                    f"overview, {self._count():,} tasks", 1, self._open(*OPENED[0][1:])
                )
            )
            if first is None:
                first = result
                yield Row(result)
                continue
            more = result.query_count - first.query_count
            longer = result.median / first.median
            yield Row(
                result,
                f"{more} queries more, {longer:.2f} times as long",
                "not one query more",
                more <= 0,
            )
        self.world.shrink()

    def lists(self):
        """What a salesperson opens, who sees only the own opportunities."""
        self.world.grow(self.sizes.tasks[:3][-1])
        uid = self.world.late_ids[0]
        with self.world.committing() as env:
            own = self.world.give_leads(env, uid, self.sizes.owned)
            Task = env["track.run.line"].with_user(uid)
            visible = Task.search_count([])
        assert visible >= own, f"{visible} tasks of {own} opportunities"
        count = self._count()
        results = self._compare(
            *[
                Side(
                    f"{name}, {visible:,} of {count:,} tasks",
                    1,
                    self._open(*view),
                    uid=uid,
                )
                for name, *view in OPENED
            ]
        )
        for result in results:
            yield Row(result, "", "under 300 ms", result.median < 0.3)

    def _count(self):
        with self.world.committing() as env:
            return self.world.count_tasks(env)

    def _open(self, model, kind, view, domain):
        def prepare(env):
            records = env[model]
            view_id = env.ref(f"crm_tracks.{view}").id
            arch = etree.fromstring(records.get_view(view_id, kind)["arch"])
            spec = get_fields_spec(arch, records)
            return lambda: records.web_search_read(domain, spec, limit=80)

        return prepare
