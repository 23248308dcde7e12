import {Component} from "@odoo/owl";

/**
 * The outcomes of a task, each as a button that completes the task.
 */
export class OutcomeButtons extends Component {
    static template = "crm_tracks.OutcomeButtons";
    static props = {
        outcomes: Array, // Of {name, label}; the label also says what follows
        disabled: Boolean,
        onSelect: Function, // Called with the name of an outcome
    };
}
