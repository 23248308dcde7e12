import {Component, onPatched, onWillPatch, useRef, useState} from "@odoo/owl";
import {deserializeDate, formatDate, today} from "@web/core/l10n/dates";
import {useAutofocus, useService} from "@web/core/utils/hooks";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {NOT_BEGUN, getCurrentTask, isSeriesTask} from "../../tracks_data/task_states";
import {InlineEdit} from "../inline_edit/inline_edit";
import {Mutex} from "@web/core/utils/concurrency";
import {StartNext} from "../start_next/start_next";
import {TrackDateDialog} from "../track_date_dialog/track_date_dialog";
import {TracksHold} from "../tracks_hold/tracks_hold";
import {TrackTask} from "../track_task/track_task";
import {_t} from "@web/core/l10n/translation";
import {useSortable} from "@web/core/utils/sortable_owl";
import {useTrackPause} from "../track_pause/pause_hook";

const MODEL = "track.run";
const TASK = "track.run.line";

/**
 * One track: a header with its actions, and its tasks as a timeline.
 */
export class TrackCard extends Component {
    static template = "crm_tracks.TrackCard";
    static components = {
        Dropdown,
        DropdownItem,
        InlineEdit,
        StartNext,
        TracksHold,
        TrackTask,
    };
    static props = {
        run: Object,
        folded: {type: Boolean, optional: true},
        // Without what the form of the track shows itself
        headless: {type: Boolean, optional: true},
        readonly: Boolean,
        canMakeTemplate: {type: Boolean, optional: true},
        act: Function, // (model, method, args, kwargs); reloads the tab afterwards
        recheck: Function, // (task); saves the form, and returns the task as it is then
        toggleFold: {type: Function, optional: true}, // (run); unless headless
        reopening: {type: [Object, Boolean], optional: true}, // {method, label}
        onReopen: {type: Function, optional: true},
    };

    setup() {
        this.dialog = useService("dialog");
        this.pause = useTrackPause({act: this.props.act});
        this.state = useState({isAdding: false, below: [], summary: ""});
        this.mutex = new Mutex();
        this.card = useRef("card");
        this.list = useRef("list");
        useAutofocus({refName: "summary", mobile: true});
        this.move = this.move.bind(this);
        this.canMove = this.canMove.bind(this);
        this.startAddingBelow = this.startAddingBelow.bind(this);
        onWillPatch(() => {
            this.isPatching = true;
        });
        onPatched(() => {
            this.isPatching = false;
            if (this.focusNext) {
                this.card.el.querySelector(this.focusNext)?.focus();
                this.focusNext = null;
            }
        });
        useSortable({
            ref: this.list,
            elements: ".o_tracks_task",
            handle: ".o_tracks_handle",
            cursor: "grabbing",
            onDrop: ({element, previous}) =>
                this.place(
                    Number(element.dataset.taskId),
                    previous && Number(previous.dataset.taskId)
                ),
        });
    }

    get run() {
        return this.props.run;
    }

    get isLive() {
        return ["running", "paused"].includes(this.run.state);
    }

    get canEdit() {
        return !this.props.readonly && this.isLive;
    }

    /**
     * Whether a pause is the only reason why the tasks are on hold. The form of the
     * track has a button of its own.
     */
    get canResume() {
        const isPaused = this.run.state === "paused" && !this.run.held;
        return this.canEdit && isPaused && !this.props.headless;
    }

    get foldLabel() {
        return this.props.folded ? _t("Show the tasks") : _t("Hide the tasks");
    }

    get statusClass() {
        return {
            paused: "text-bg-warning",
            done: "text-bg-success",
            stopped: "text-bg-secondary",
        }[this.run.state];
    }

    get day() {
        const isEnd = this.run.direction === "end";
        const date = deserializeDate(isEnd ? this.run.end_date : this.run.start_date);
        const day = formatDate(date);
        if (isEnd) {
            return date < today() ? _t("was to end %s", day) : _t("ends %s", day);
        }
        return date > today() ? _t("starts %s", day) : _t("started %s", day);
    }

    /**
     * The field of the record that the date follows, if the user may read it.
     */
    get dateLabel() {
        const {date_linked: isLinked, date_field: label} = this.run;
        return isLinked && label && this.isLive && _t("follows “%s”", label);
    }

    get previousLabel() {
        return _t("after “%s”", this.run.previous);
    }

    /**
     * The summary of the tasks on a folded card.
     */
    get next() {
        return getCurrentTask(this.run);
    }

    /**
     * Compare tasks by id: a component's copy of a task is another object.
     */
    get ids() {
        return this.run.tasks.map((task) => task.id);
    }

    call(method) {
        return this.props.act(MODEL, method, [[this.run.id]]);
    }

    write(values) {
        return this.props.act(MODEL, "write", [[this.run.id], values]);
    }

    onMoveDate() {
        this.dialog.add(TrackDateDialog, {
            run: this.run,
            onMove: (field, day) => this.write({[field]: day}),
        });
    }

    onEndSeries() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("End the series of “%s”?", this.run.name),
            body: _t("No further track will be started. The tasks of this track stay."),
            confirmLabel: _t("End the Series"),
            confirm: () => this.call("action_end_series"),
            cancel: () => {
                // The user cancelled
            },
        });
    }

    onStop() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Stop “%s”?", this.run.name),
            body: _t(
                "Unfinished tasks will be cancelled and their activities deleted. Completed tasks stay."
            ),
            confirmLabel: _t("Stop"),
            confirm: () => this.call("action_stop"),
            cancel: () => {
                // The user cancelled
            },
        });
    }

    // ------------------------------------------------------------------
    // Adding and moving tasks
    // ------------------------------------------------------------------

    startAdding() {
        if (this.props.folded) {
            this.props.toggleFold(this.run);
        }
        Object.assign(this.state, {isAdding: true, below: []});
    }

    /**
     * Whether a task can be added behind this one: not in front of one that has begun.
     */
    canAddBelow(task) {
        const next = this.run.tasks[this.ids.indexOf(task.id) + 1];
        return (
            this.canEdit &&
            !isSeriesTask(task) &&
            (!next || NOT_BEGUN.includes(next.state))
        );
    }

    startAddingBelow(task) {
        Object.assign(this.state, {isAdding: true, below: [task.id], summary: ""});
    }

    stopAdding() {
        Object.assign(this.state, {isAdding: false, below: [], summary: ""});
    }

    /**
     * The task behind which the next one comes, or nothing for the last position: the
     * latest of the new ones that is shown already, or that where the user began.
     */
    get belowId() {
        return this.state.below.findLast((id) => this.ids.includes(id));
    }

    /**
     * The new task comes last, or below another: after the previous task, or at the end
     * date.
     */
    async add() {
        const summary = this.state.summary.trim();
        this.state.summary = "";
        if (!summary) {
            this.stopAdding();
            return;
        }
        // One after the other, also if the user is faster than the server
        const {below} = this.state;
        await this.mutex.exec(() =>
            below.length ? this.addBelow(summary, below) : this.addLast(summary)
        );
    }

    /**
     * @param {String} summary
     * @param {Number[]} below the task where the user began, and those added since
     */
    async addBelow(summary, below) {
        const args = [[below.at(-1)], summary];
        below.push(await this.props.act(TASK, "action_add_below", args));
    }

    addLast(summary) {
        const isEnd = this.run.direction === "end";
        return this.props.act(TASK, "create", [
            [
                {
                    run_id: this.run.id,
                    summary,
                    delay_from: isEnd ? "end" : "previous",
                },
            ],
        ]);
    }

    /**
     * Leaving the input saves the text, unless it only moves below the new task.
     */
    async onAddBlur() {
        if (!this.isPatching) {
            await this.add();
        }
    }

    /**
     * Enter adds the task; without a text it ends the adding, as Escape does. The focus
     * then returns to where the adding began.
     */
    onAddKeydown(ev) {
        const isEnter = ev.key === "Enter" && !ev.isComposing;
        if (isEnter && this.state.summary.trim()) {
            ev.preventDefault();
            this.add();
        } else if (isEnter || ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            this.focusNext = this.belowId
                ? `[data-task-id="${this.belowId}"] .o_tracks_task_menu`
                : "button[name=add]";
            this.stopAdding();
        }
    }

    /**
     * Whether this task may move by this number of places: only tasks that have not
     * begun may.
     */
    canMove(task, by) {
        const index = this.ids.indexOf(task.id) + by;
        return (
            this.canEdit &&
            NOT_BEGUN.includes(task.state) &&
            !isSeriesTask(task) &&
            index >= 0 &&
            index < this.run.tasks.length &&
            !isSeriesTask(this.run.tasks[index])
        );
    }

    move(task, by) {
        const index = this.ids.indexOf(task.id) + by;
        const others = this.ids.filter((id) => id !== task.id);
        return this.place(task.id, index ? others[index - 1] : null);
    }

    /**
     * @param {Number} taskId
     * @param {Number|null} previousId the task before its new position
     */
    async place(taskId, previousId) {
        const ids = this.ids.filter((id) => id !== taskId);
        ids.splice(previousId ? ids.indexOf(previousId) + 1 : 0, 0, taskId);
        // Show the new order at once; the server's answer replaces it
        this.run.tasks.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
        await this.props.act(TASK, "web_resequence", [ids, {}]);
    }
}
