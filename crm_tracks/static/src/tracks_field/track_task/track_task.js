import {AssigneePopover} from "../../assignee_popover/assignee_popover";
import {Component, markup, useEffect, useRef, useState} from "@odoo/owl";
import {deserializeDate, formatDate, today} from "@web/core/l10n/dates";
import {Avatar} from "@mail/views/web/fields/avatar/avatar";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {DayEdit} from "../day_edit/day_edit";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {InlineEdit} from "../inline_edit/inline_edit";
import {NoteEdit} from "../note_edit/note_edit";
import {TaskDonePopover} from "../task_done_popover/task_done_popover";
import {_t} from "@web/core/l10n/translation";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

const MODEL = "track.run.line";
const NOT_BEGUN = ["waiting", "planned"];
const UNFINISHED = [...NOT_BEGUN, "open", "failed"];
const SIGNS = {
    waiting: "fa-hourglass-o text-muted",
    planned: "fa-calendar-o text-muted",
    open: "fa-circle-o text-primary",
    done: "fa-check-circle text-success",
    skipped: "fa-step-forward text-muted",
    cancelled: "fa-ban text-muted",
    failed: "fa-exclamation-triangle text-danger",
};

/**
 * One task of a track in its timeline, and all that can be done to it.
 */
export class TrackTask extends Component {
    static template = "crm_tracks.TrackTask";
    static components = {Avatar, DayEdit, Dropdown, DropdownItem, InlineEdit, NoteEdit};
    static props = {
        task: Object,
        run: Object,
        readonly: Boolean,
        act: Function, // (model, method, args, kwargs), then everything is read again
        move: Function, // (task, by how many places)
        canMove: Function, // (task, by how many places)
    };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({editsDay: false, editsNote: false, showsNote: false});
        const onClose = () => this.opener.focus();
        this.donePopover = usePopover(TaskDonePopover, {position: "bottom", onClose});
        this.userPopover = usePopover(AssigneePopover, {position: "bottom", onClose});
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
        if (this.task.muted) {
            return "fa-pause-circle text-muted";
        }
        if (this.task.urgency === "late") {
            return "fa-exclamation-circle text-danger";
        }
        return SIGNS[this.task.state];
    }

    /**
     * The state in words, for those who do not see the sign or its colour.
     */
    get signLabel() {
        return this.task.urgency === "late" ? _t("Late") : this.task.status;
    }

    get dueClass() {
        return (
            {late: "text-danger fw-bold", today: "text-warning fw-bold"}[
                this.task.urgency
            ] || (this.task.state === "failed" ? "text-danger" : "text-muted")
        );
    }

    /**
     * The day itself, where the words beside it do not say it.
     */
    get day() {
        return ["open", "planned"].includes(this.task.state) &&
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

    /** Whether this task, which is carried out by itself, can be so at once. */
    get canRun() {
        return (
            this.canEdit &&
            this.task.automated &&
            !this.props.run.quiet &&
            this.task.state !== "failed"
        );
    }

    /** Whether its turn has not come yet. */
    get isAhead() {
        const {state, date_deadline: day} = this.task;
        return (
            state === "waiting" ||
            (state === "planned" && Boolean(day) && deserializeDate(day) > today())
        );
    }

    /** Whether somebody else's rights could help this task. */
    get canTakeOver() {
        return this.canEdit && this.task.automated && this.task.state === "failed";
    }

    get canDrag() {
        return this.canEdit && NOT_BEGUN.includes(this.task.state);
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
        return this.canEdit || this.canReopen;
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
     * @param {String|false} note shown at once; what the server makes of it comes after
     * @returns {Promise}
     */
    saveNote(note) {
        this.task.note = note || "";
        return this.write({note});
    }

    /**
     * The note shows then, and the focus is where it can be folded, or added.
     */
    closeNote() {
        this.state.editsNote = false;
        this.state.showsNote = true;
    }

    onDone(ev) {
        this.opener = ev.currentTarget;
        this.donePopover.open(ev.currentTarget, {
            isAhead: NOT_BEGUN.includes(this.task.state),
            onDone: (feedback) => this.call("action_done", {feedback}),
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
     * What it does, an e-mail say, cannot be undone: ahead of its turn it asks back.
     *
     * @returns {Promise|undefined}
     */
    onRunNow() {
        if (!this.isAhead) {
            return this.call("action_run_now");
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Run “%s” now?", this.task.label),
            body: _t("It is not this task's turn yet."),
            confirmLabel: _t("Run Now"),
            confirm: () => this.call("action_run_now"),
            cancel: () => {
                // Asked back, and nothing done
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
                // Asked back, and nothing done
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
                // Asked back, and nothing done
            },
        });
    }
}
