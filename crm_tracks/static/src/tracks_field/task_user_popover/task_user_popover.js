import {Component, onMounted, useRef} from "@odoo/owl";
import {RecordSelector} from "@web/core/record_selectors/record_selector";

/**
 * Gives a task to somebody else.
 */
export class TaskUserPopover extends Component {
    static template = "crm_tracks.TaskUserPopover";
    static components = {RecordSelector};
    static props = {
        userId: {type: [Number, {value: false}]},
        onSelect: Function, // Called with a user's id
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
}
