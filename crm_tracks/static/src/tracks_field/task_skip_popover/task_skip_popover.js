import {Component, useState} from "@odoo/owl";
import {useAutofocus} from "@web/core/utils/hooks";

/**
 * Skips a task, with a reason if the user enters one.
 */
export class TaskSkipPopover extends Component {
    static template = "crm_tracks.TaskSkipPopover";
    static props = {
        onSkip: Function, // Called with the reason
        close: {type: Function, optional: true},
    };

    setup() {
        this.state = useState({reason: ""});
        useAutofocus({refName: "reason"});
    }

    onSkip() {
        this.props.close?.();
        return this.props.onSkip(this.state.reason.trim());
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && !ev.isComposing) {
            ev.preventDefault();
            this.onSkip();
        }
    }
}
