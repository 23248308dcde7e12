import {Component, useState} from "@odoo/owl";
import {
    ENDED,
    getCurrentTask,
    getDueClass,
    getSign,
    getSignLabel,
    isSeriesTask,
} from "../../tracks_data/task_states";
import {StartNext} from "../../tracks_field/start_next/start_next";
import {TrackTask} from "../../tracks_field/track_task/track_task";
import {TracksHold} from "../../tracks_field/tracks_hold/tracks_hold";
import {_t} from "@web/core/l10n/translation";
import {useTaskDone} from "../../tracks_field/task_done_popover/task_done_hook";
import {useTrackPause} from "../../tracks_field/track_pause/pause_hook";

// How many steps are shown: those around the current one.
const STEPS = 20;

/**
 * One track as a line: its name, a step for each task, and the current task, which
 * unfolds.
 */
export class TrackStepper extends Component {
    static template = "crm_tracks.TrackStepper";
    static components = {StartNext, TrackTask, TracksHold};
    static props = {
        run: Object,
        readonly: Boolean,
        act: Function, // As of `TracksData`
        recheck: Function, // As of `TracksData`
        reopening: {type: [Object, Boolean], optional: true}, // {method, label}
        onReopen: Function,
    };

    setup() {
        this.state = useState({unfoldedId: false});
        this.cannotMove = () => false;
        this.pause = useTrackPause({act: this.props.act});
        this.done = useTaskDone({
            act: this.props.act,
            recheck: this.props.recheck,
            onClose: (opener) => opener.focus(),
        });
    }

    get run() {
        return this.props.run;
    }

    get hasEnded() {
        return ENDED.includes(this.run.state);
    }

    get canEdit() {
        return !this.props.readonly && !this.hasEnded;
    }

    get canResume() {
        return this.canEdit && this.run.state === "paused" && !this.run.held;
    }

    get current() {
        return getCurrentTask(this.run);
    }

    get dueClass() {
        return getDueClass(this.current);
    }

    get unfolded() {
        return this.run.tasks.find(({id}) => id === this.state.unfoldedId);
    }

    /** The steps that are shown, and how many are left out before and after them. */
    get shown() {
        const {tasks} = this;
        const current = tasks.includes(this.current)
            ? tasks.indexOf(this.current)
            : tasks.length;
        const last = Math.max(0, tasks.length - STEPS);
        const before = Math.min(last, Math.max(0, current - STEPS / 2));
        const steps = tasks.slice(before, before + STEPS);
        return {before, steps, after: tasks.length - before - steps.length};
    }

    /** The tasks that count: not the start of the next track. */
    get tasks() {
        return this.run.tasks.filter((task) => !isSeriesTask(task));
    }

    get progressLabel() {
        const done = this.tasks.filter(({state}) =>
            ["done", "skipped"].includes(state)
        );
        return `${done.length}/${this.tasks.length}`;
    }

    getSign(task) {
        return getSign(task);
    }

    canTick(task) {
        return this.canEdit && task.state === "open" && !task.automated;
    }

    getLabel(task) {
        const parts = [task.label, getSignLabel(task), task.due_text, task.user?.name];
        return parts.filter(Boolean).join(", ");
    }

    getStepLabel(task) {
        const label = this.getLabel(task);
        return this.canTick(task) ? _t("Mark done: %s", label) : label;
    }

    onStep(ev, task) {
        if (this.canTick(task)) {
            return this.done.tick(ev.currentTarget, task);
        }
        this.toggle(task);
    }

    toggle(task) {
        this.state.unfoldedId = this.state.unfoldedId === task.id ? false : task.id;
    }
}
