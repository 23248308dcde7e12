import {AssigneePopover} from "../../assignee_popover/assignee_popover";
import {Component, useState} from "@odoo/owl";
import {DayEdit} from "../../day_edit/day_edit";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {usePopover} from "@web/core/popover/popover_hook";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

// The colours of the states of a condition. The text of the badge says the same.
const CONDITION_CLASSES = {
    met: "text-bg-success",
    not_met: "text-bg-secondary",
    partly: "text-bg-secondary",
    hidden: "text-bg-light",
    broken: "text-bg-warning",
};

/**
 * Every task that would be created, with its date, its assignee and its warnings.
 *
 * The user leaves tasks out and selects other dates and assignees here. This field
 * stores these choices; the record's field `preview`, which holds the tasks, is computed
 * again after each. If read-only, it shows the tasks alone.
 */
export class ApplyPreview extends Component {
    static template = "crm_tracks.ApplyPreview";
    static components = {DayEdit};
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({
            datedId: false, // The task whose date is being edited
        });
        this.popover = usePopover(AssigneePopover, {
            position: "bottom-start",
            onClose: () => this.opener.focus(),
        });
    }

    get rows() {
        return this.props.record.data.preview || [];
    }

    /** An automated task without a name of its own is named after its action. */
    isActionShown(row) {
        return row.action && row.action !== row.summary;
    }

    hasOptions(row) {
        return this.isActionShown(row) || row.condition || row.options.length;
    }

    getConditionClass(row) {
        return CONDITION_CLASSES[row.condition.state];
    }

    getAssigneeLabel(row) {
        return _t("%(task)s: assigned to %(person)s. Select another user", {
            task: row.summary,
            person: row.assignee,
        });
    }

    getDateLabel(row) {
        return _t("%(task)s: %(due)s. Select another date", {
            task: row.summary,
            due: row.due,
        });
    }

    getDayLabel(row) {
        return _t("Due date of %s", row.summary);
    }

    getResetLabel(row) {
        return _t("Reset the due date of %s", row.summary);
    }

    getBeginLabel(row) {
        return _t("Begin here, without the tasks before %s", row.summary);
    }

    toggle(row) {
        return this.choose(row, {left_out: !row.left_out});
    }

    /** Leave out the tasks before this one. */
    beginHere(row) {
        const index = this.rows.indexOf(row);
        const changes = this.rows
            .slice(0, index + 1)
            .map(({id}) => [id, {left_out: id !== row.id}]);
        return this.chooseAll(Object.fromEntries(changes));
    }

    closeDay() {
        this.state.datedId = false;
    }

    onAssigneeClick(ev, row) {
        this.opener = ev.currentTarget;
        this.popover.open(ev.currentTarget, {
            userId: row.chosen && row.user_id,
            onSelect: (userId) => this.choose(row, {user_id: userId}),
            ...(row.chosen && {
                onReset: () => this.choose(row, {user_id: false}),
                resetLabel: _t("Reset to Template"),
            }),
        });
    }

    /**
     * @param {Object} row
     * @param {Object} changes the changed values of this task's choice
     * @returns {Promise}
     */
    choose(row, changes) {
        return this.chooseAll({[row.id]: changes});
    }

    /**
     * @param {Object} changesById as of `choose`, by the ids of tasks
     * @returns {Promise}
     */
    chooseAll(changesById) {
        const choices = {...this.props.record.data[this.props.name]};
        for (const [id, changes] of Object.entries(changesById)) {
            choices[id] = {...choices[id], ...changes};
        }
        return this.props.record.update({[this.props.name]: choices});
    }
}

registry.category("fields").add("track_apply_preview", {
    component: ApplyPreview,
    displayName: _t("Tasks of the track"),
    supportedTypes: ["json"],
    fieldDependencies: [{name: "preview", type: "json"}],
});
