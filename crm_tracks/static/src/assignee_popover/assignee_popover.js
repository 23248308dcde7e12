import {Component, onMounted, useRef} from "@odoo/owl";
import {RecordSelector} from "@web/core/record_selectors/record_selector";

/**
 * Selects the assignee of a task. With `onReset`, a button resets the selection.
 */
export class AssigneePopover extends Component {
    static template = "crm_tracks.AssigneePopover";
    static components = {RecordSelector};
    static props = {
        userId: {type: [Number, {value: false}]},
        onSelect: Function, // Called with a user's id
        onReset: {type: Function, optional: true},
        resetLabel: {type: String, optional: true},
        close: {type: Function, optional: true},
    };

    setup() {
        this.root = useRef("root");
        onMounted(() => this.root.el.querySelector("input")?.focus());
    }

    onUpdate(userId) {
        if (userId) {
            this.props.close?.();
            this.props.onSelect(userId);
        }
    }

    onReset() {
        this.props.close?.();
        this.props.onReset();
    }
}
