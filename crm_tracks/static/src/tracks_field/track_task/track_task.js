import {AssigneePopover} from "../../assignee_popover/assignee_popover";
import {Component, markup, useEffect, useRef, useState} from "@odoo/owl";
import {
    NOT_BEGUN,
    UNFINISHED,
    getDueClass,
    getSign,
    getSignLabel,
    isAhead,
    isSeriesTask,
} from "../../tracks_data/task_states";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {Avatar} from "@mail/views/web/fields/avatar/avatar";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {DayEdit} from "../../day_edit/day_edit";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {InlineEdit} from "../inline_edit/inline_edit";
import {NoteEdit} from "../note_edit/note_edit";
import {TaskSkipPopover} from "../task_skip_popover/task_skip_popover";
import {_t} from "@web/core/l10n/translation";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";
import {useTaskDone} from "../task_done_popover/task_done_hook";
import {useTaskMove} from "../task_move_popover/task_move_hook";

const MODEL = "track.run.line";
/**
 * One task in the timeline of a track, with its actions.
 */
export class TrackTask extends Component {
    static template = "crm_tracks.TrackTask";
    static components = {Avatar, DayEdit, Dropdown, DropdownItem, InlineEdit, NoteEdit};
    static props = {
        task: Object,
        run: Object,
        readonly: Boolean,
        act: Function, // (model, method, args, kwargs); reloads the tab afterwards
        move: Function, // (task, number of places)
        canMove: Function, // (task, number of places)
        addBelow: {type: Function, optional: true}, // (task)
        recheck: Function, // (task); saves the form, and returns the task as it is then
    };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({editsDay: false, editsNote: false, showsNote: false});
        const onClose = () => this.opener.focus();
        this.done = useTaskDone({
            act: this.props.act,
            recheck: this.props.recheck,
            onClose: (opener) => opener.focus(),
        });
        this.dayButton = useRef("day");
        this.move = useTaskMove({
            act: this.props.act,
            getTarget: () => this.dayButton.el,
        });
        this.skipPopover = usePopover(TaskSkipPopover, {position: "bottom", onClose});
        this.userPopover = usePopover(AssigneePopover, {position: "bottom", onClose});
        this.menuButton = useRef("menu");
        this.noteButton = useRef("note");
        useEffect(
            (isEditing) => {
                if (!isEditing && this.wasEditingNote) {
                    this.noteButton.el?.focus();
                }
                this.wasEditingNote = isEditing;
            },
            () => [this.state.editsNote]
        );
    }

    get task() {
        return this.props.task;
    }

    get sign() {
        return getSign(this.task);
    }

    get signLabel() {
        return getSignLabel(this.task);
    }

    get tickLabel() {
        const labels = {state: this.signLabel, task: this.task.label};
        return _t("Mark “%(task)s” done (%(state)s)", labels);
    }

    get dueClass() {
        return getDueClass(this.task);
    }

    /**
     * The due date, unless the text next to it already contains it. A task that waits
     * for its condition is due when that is met.
     */
    get day() {
        return ["open", "planned"].includes(this.task.state) &&
            !this.task.condition_waits &&
            !this.props.run.quiet &&
            this.task.date_deadline
            ? formatDate(deserializeDate(this.task.date_deadline))
            : "";
    }

    get dueText() {
        return this.task.due_text || (this.canEdit ? _t("No date yet") : "");
    }

    get note() {
        return markup(this.task.note);
    }

    get noteLabel() {
        return _t("Note of “%s”", this.task.label);
    }

    get runIsLive() {
        return ["running", "paused"].includes(this.props.run.state);
    }

    get isUnfinished() {
        return UNFINISHED.includes(this.task.state);
    }

    get canEdit() {
        return !this.props.readonly && this.runIsLive && this.isUnfinished;
    }

    get canEditDay() {
        return this.canEdit && !this.task.has_meeting;
    }

    get canDo() {
        return this.canEdit && !this.task.automated && this.task.state !== "failed";
    }

    /** Whether this automated task can be run now. */
    get canRun() {
        return (
            this.canEdit &&
            this.task.automated &&
            !this.props.run.quiet &&
            this.task.state !== "failed" &&
            !(isSeriesTask(this.task) && this.task.state === "waiting")
        );
    }

    /** Whether the sign completes this task in one click. */
    get canTick() {
        return this.canDo && this.task.state === "open";
    }

    /** Whether this task could succeed with the rights of another user. */
    get canTakeOver() {
        return this.canEdit && this.task.automated && this.task.state === "failed";
    }

    get canDrag() {
        return (
            this.canEdit &&
            NOT_BEGUN.includes(this.task.state) &&
            !isSeriesTask(this.task)
        );
    }

    get canReopen() {
        return (
            !this.props.readonly &&
            (this.task.state === "skipped" ||
                (this.task.state === "done" && !this.task.automated)) &&
            this.props.run.state !== "stopped"
        );
    }

    get hasMenu() {
        return this.canEdit || Boolean(this.props.addBelow);
    }

    moveTo(day) {
        return this.move(this.task, this.props.run, day);
    }

    write(values) {
        return this.props.act(MODEL, "write", [[this.task.id], values]);
    }

    call(method, kwargs) {
        return this.props.act(MODEL, method, [[this.task.id]], kwargs);
    }

    editNote() {
        this.state.editsNote = true;
    }

    /**
     * @param {String|false} note shown at once; the server's answer replaces it
     * @returns {Promise}
     */
    saveNote(note) {
        this.task.note = note || "";
        this.task.note_source = false;
        return this.write({note});
    }

    /**
     * Show the note, and focus the button that folds or adds it.
     */
    closeNote() {
        this.state.editsNote = false;
        this.state.showsNote = true;
    }

    onTick(ev) {
        return this.done.tick(ev.currentTarget, this.task);
    }

    onDone(ev) {
        return this.done.ask(ev.currentTarget, this.task);
    }

    onSkip() {
        this.opener = this.menuButton.el;
        this.skipPopover.open(this.opener, {
            onSkip: (reason) => this.call("action_skip", {reason}),
        });
    }

    onAssign(ev) {
        this.opener = ev.currentTarget;
        this.userPopover.open(ev.currentTarget, {
            userId: this.task.user?.id || false,
            onSelect: (userId) => this.write({user_id: userId}),
        });
    }

    /**
     * Ask for confirmation ahead of the task's turn: an e-mail, for example, cannot be
     * undone.
     *
     * @returns {Promise|undefined}
     */
    onRunNow() {
        if (!isAhead(this.task)) {
            return this.call("action_run_now");
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Run “%s” now?", this.task.label),
            body: _t("It is not this task's turn yet."),
            confirmLabel: _t("Run Now"),
            confirm: () => this.call("action_run_now"),
            cancel: () => {
                // The user cancelled
            },
        });
    }

    onTakeOver() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Take over “%s”?", this.props.run.name),
            body: _t(
                "The automated tasks of this track will run with your rights, and failed ones will be tried again."
            ),
            confirmLabel: _t("Take Over"),
            confirm: () => this.call("action_take_over"),
            cancel: () => {
                // The user cancelled
            },
        });
    }

    onRemove() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Remove “%s”?", this.task.label),
            body: _t(
                "The task and its activity will be deleted, and the next task can start. Skip the task instead to keep it in the track."
            ),
            confirmLabel: _t("Remove"),
            confirm: () => this.call("unlink"),
            cancel: () => {
                // The user cancelled
            },
        });
    }
}
