"""What an update changes in tracks; nothing is written here.

The list, the comparison and the update itself read the same plans.
"""

from odoo import models
from odoo.exceptions import ValidationError

from ...tools.note_files import strip_file_ids
from ...tools.states import NOT_BEGUN, UNFINISHED

# Values of a new task that are no part of the template's task.
_OWN = frozenset(("line_id", "template_line_ref", "sequence"))
# The delay of the task that starts the next track of a series.
_SERIES_FIELDS = ("delay_count", "delay_unit", "delay_from")


class UpdatePlan:
    """What an update changes in one track.

    :ivar run: the ``track.run``, in sudo
    :ivar str obstacle: why it cannot be updated; None if it can
    :ivar dict options: its settings that change: (old value, new value) by name
    :ivar added: the ``track.line`` that it gets as tasks
    :ivar dict changed: new values by name for each ``track.run.line`` that is rewritten
    :ivar removed: the ``track.run.line`` that go
    :ivar list order: the tasks behind the last that has begun, in their new order:
        ``track.run.line``, and ``track.line`` for new ones; None if the order stays
    :ivar bool adds_series: whether the track gets a task that starts the next one
    """

    def __init__(self, run, lines, obstacle=None):
        self.run = run
        self.obstacle = obstacle
        self.options = {}
        self.added = lines.browse()
        self.changed = {}
        self.removed = run.line_ids.browse()
        self.order = None
        self.adds_series = False

    def is_empty(self):
        return not (
            self.options
            or self.added
            or self.changed
            or self.removed
            or self.order
            or self.adds_series
        )

    def get_added_names(self, env):
        """The names of the tasks that the track gets."""
        names = [line._get_label() for line in self.added.with_env(env).sudo()]
        return names + [env._("Start the next track")] * self.adds_series

    def get_changed_names(self, env):
        """The names of the tasks that change; “settings” and “order” as well."""
        names = [task._get_label() for task in self.changed]
        names += [env._("settings")] * bool(self.options)
        is_moved = self.order and [
            item for item in self.order if item._name == "track.run.line"
        ] != [task for task in self.run._get_tasks_in_order() if task in self.order]
        return names + [env._("order of the tasks")] * bool(is_moved)

    def get_removed_names(self):
        """The names of the tasks that go."""
        return [task._get_label() for task in self.removed]

    def concerns_automated(self):
        """Whether automated tasks are brought, changed or removed."""
        return (
            self.adds_series
            or any(line._is_automated() for line in self.added)
            or any(task._is_automated() for task in self.removed)
            or any(
                task._is_automated() or values.get("action", "activity") != "activity"
                for task, values in self.changed.items()
            )
        )


class Blueprint:
    """What a template gives its tracks, read once for all of them.

    :param template: ``track.template``, in sudo
    """

    def __init__(self, template):
        self.template = template
        self.lines = template.line_ids.sorted()
        self.places = {line.id: place for place, line in enumerate(self.lines)}
        self.options = {
            name: value
            for name, value in template._prepare_option_vals().items()
            if name not in ("direction", "one_per_record")
        }
        self.values = {
            line.id: {
                "outcomes": False,
                "settings": False,
                **{
                    name: value
                    for name, value in line._prepare_run_line_vals().items()
                    if name not in _OWN
                },
            }
            for line in self.lines
        }


class TrackRun(models.Model):
    """The comparison of tracks with their template."""

    _inherit = "track.run"

    def _plan_updates(self):
        """Compare these tracks with their templates.

        The rights of the user of the environment count.

        :return: dict of :class:`UpdatePlan` by ``track.run``, of this environment
        """
        obstacles = self._get_obstacles_to_update()
        runs = self.filtered(lambda run: run not in obstacles).sudo()
        lines = self.env["track.line"].sudo()
        plans = {run: UpdatePlan(run.sudo(), lines, obstacles.get(run)) for run in self}
        blueprints = {template: Blueprint(template) for template in runs.template_id}
        current = runs._read_replaceable(blueprints)
        for run in runs:
            plan = plans[run]
            plan_run(plan, blueprints[run.template_id], current)
            plan.obstacle = self._get_obstacle_to_plan(plan)
        return plans

    def _read_replaceable(self, blueprints):
        """The present values of the tasks of these tracks that an update may replace.

        :param dict blueprints: :class:`Blueprint` by ``track.template``
        :return: dict of dicts by ``track.run.line``
        """
        tasks = self.line_ids.filtered(lambda task: task._is_replaceable())
        names = set(_SERIES_FIELDS)
        for blueprint in blueprints.values():
            for values in blueprint.values.values():
                names.update(values)
        rows = tasks.read(sorted(names), load=None)
        return dict(zip(tasks, rows, strict=True))

    def _get_obstacle_to_plan(self, plan):
        """Why a plan cannot be carried out by the user of the environment, or None."""
        run = plan.run
        if plan.concerns_automated() and run.user_id != self.env.user:
            return self.env._(
                "The update changes automated tasks of “%(track)s”, which run with the "
                "rights of %(user)s. Take the track over first.",
                track=run.name,
                user=run.user_id.name or self.env._("nobody"),
            )
        tasks = run.line_ids._without_series_task()
        if plan.added:
            try:
                run.line_ids._check_count(
                    run, len(tasks - plan.removed) + len(plan.added)
                )
            except ValidationError as error:
                return str(error)
        return None


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _is_replaceable(self):
        """Whether an update may rewrite or remove this task."""
        self.ensure_one()
        return (
            self.state in NOT_BEGUN
            and not self._is_edited()
            and bool(self._is_series_task() or self._get_template_ref())
        )


def plan_run(plan, blueprint, current):
    """Fill the plan of a track that can be updated.

    :param UpdatePlan plan: the empty plan
    :param Blueprint blueprint: of its template
    :param dict current: as of ``_read_replaceable``
    """
    run = plan.run
    tasks = run._get_tasks_in_order()
    refs = {task: task._get_template_ref() for task in tasks}
    own = tasks._without_series_task()
    plan.options = {
        name: (run_value, value)
        for name, value in blueprint.options.items()
        for run_value in [run._fields[name].convert_to_write(run[name], run)]
        if _differs(run_value, value)
    }
    plan.removed = own.filtered(
        lambda task: task in current and refs[task] not in blueprint.places
    )
    had = {*refs.values(), *run._get_removed_refs(blueprint.lines)}
    plan.added = blueprint.lines.filtered(lambda line: line.id not in had)
    staying = {refs[task] for task in own - plan.removed} | set(plan.added.ids)
    by_id = {task.id: ref for task, ref in refs.items()}
    for task in own - plan.removed:
        if task in current and refs[task]:
            values = _get_changes(
                current[task], blueprint.values[refs[task]], by_id, staying
            )
            if values:
                plan.changed[task] = values
    plan.order = _arrange(own, plan, refs, blueprint, current)
    _plan_series(plan, blueprint, tasks - own, current)


def _differs(old, new):
    return _get_comparable(old) != _get_comparable(new)


def _get_comparable(value):
    # a number of 0 is a value; an empty text, list or record is none
    return (True, value) if value or type(value) is int else (False, False)


def _get_changes(row, values, refs, staying):
    """The values of a template task that differ from those of a track's task.

    :param dict row: the values of the track's task
    :param dict values: those of the template task
    :param dict refs: the id of the template task by the id of the track's task
    :param staying: ids of the template tasks that the track has after the update
    :return: dict; the targets of outcomes are template tasks
    """
    changes = {}
    for name, new in values.items():
        old = row[name]
        if name == "note":
            if strip_file_ids(old) != strip_file_ids(new):
                changes[name] = new
        elif name == "outcomes":
            old = [
                {**each, "target": refs.get(each["target"], False)}
                for each in old or ()
            ]
            new = [
                {**each, "target": each["target"] in staying and each["target"]}
                for each in new or ()
            ]
            if old != new:
                changes[name] = new
        elif _differs(old, new):
            changes[name] = new
    return changes


def _arrange(tasks, plan, refs, blueprint, current):
    """The new order of the tasks behind the last that has begun.

    Tasks of the template come in its order. Edited and added tasks stay behind the task
    behind which they are. New tasks come behind the one that is before them in the
    template.

    :return: list, or None if the order stays
    """
    tasks = list(tasks)
    begun = [place for place, task in enumerate(tasks) if task.state not in NOT_BEGUN]
    tail = tasks[begun[-1] + 1 :] if begun else tasks
    present = [task for task in tail if task not in plan.removed]
    order = sorted(
        (task for task in present if task in current),
        key=lambda task: blueprint.places[refs[task]],
    )
    before = None
    for task in present:
        if task not in order:
            order.insert(order.index(before) + 1 if before else 0, task)
        before = task
    places = {task: blueprint.places.get(refs[task], -1) for task in present}
    for line in plan.added:
        place = blueprint.places[line.id]
        earlier = [
            number
            for number, task in enumerate(order, start=1)
            if 0 <= places[task] < place
        ]
        order.insert(max(earlier, default=0), line)
        places[line] = place
    return None if order == present else order


def _plan_series(plan, blueprint, series, current):
    """Plan what becomes of the task that starts the next track of a series.

    :param series: that ``track.run.line``, empty without one
    """
    run, template = plan.run, blueprint.template
    is_recurring = template._is_recurring()
    if not series:
        plan.adds_series = is_recurring and not run._is_recurring()
        return
    if series not in current or series.state not in UNFINISHED:
        return
    if not is_recurring:
        plan.removed += series
    elif {"repeat_every", "repeat_unit"} & plan.options.keys():
        vals = run._prepare_repeat_vals(0, template)
        plan.changed[series] = {name: vals[name] for name in _SERIES_FIELDS}
