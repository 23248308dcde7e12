import {AssigneePopover} from "../../assignee_popover/assignee_popover";
import {Component} from "@odoo/owl";
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
 * The user leaves tasks out and selects other assignees here. This field stores these
 * choices; the record's field `preview`, which holds the tasks, is computed again after
 * each. If read-only, it shows the tasks alone.
 */
export class ApplyPreview extends Component {
    static template = "crm_tracks.ApplyPreview";
    static props = {...standardFieldProps};

    setup() {
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

    toggle(row) {
        return this.choose(row, {left_out: !row.left_out});
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
        const choices = this.props.record.data[this.props.name] || {};
        return this.props.record.update({
            [this.props.name]: {...choices, [row.id]: {...choices[row.id], ...changes}},
        });
    }
}

registry.category("fields").add("track_apply_preview", {
    component: ApplyPreview,
    displayName: _t("Tasks of the track"),
    supportedTypes: ["json"],
    fieldDependencies: [{name: "preview", type: "json"}],
});
