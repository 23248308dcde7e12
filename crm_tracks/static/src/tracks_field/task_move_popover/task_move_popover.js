import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

/**
 * Offers to move the tasks behind a task that was just moved, with their new dates.
 */
export class TaskMovePopover extends Component {
    static template = "crm_tracks.TaskMovePopover";
    static props = {
        label: String, // Of the task that was moved
        day: String, // Its new date, ISO
        preview: Object, // As of `get_move_preview`
        onMove: Function,
        onUndo: Function,
        close: {type: Function, optional: true},
    };

    get title() {
        const values = {task: this.props.label, day: this.format(this.props.day)};
        return _t("“%(task)s” is due on %(day)s", values);
    }

    get question() {
        const {length} = this.props.preview.moved;
        return length === 1
            ? _t("And the task after it?")
            : _t("And the %s tasks after it?", length);
    }

    get moveLabel() {
        const {length} = this.props.preview.moved;
        return length === 1 ? _t("Move 1 Task") : _t("Move %s Tasks", length);
    }

    format(iso) {
        return formatDate(deserializeDate(iso));
    }

    getReason(task) {
        return {
            meeting: _t("Unchanged: the task has a meeting"),
            manual: _t("Unchanged: the date was set manually"),
            end: _t("Unchanged: the new date would be after the end date"),
        }[task.reason];
    }

    onMove() {
        this.props.close?.();
        return this.props.onMove();
    }

    onUndo() {
        this.props.close?.();
        return this.props.onUndo();
    }
}
