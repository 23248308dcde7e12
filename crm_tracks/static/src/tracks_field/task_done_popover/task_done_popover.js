import {Component, useState} from "@odoo/owl";
import {useAutofocus} from "@web/core/utils/hooks";

/**
 * Completes a task with a feedback, as in the chatter.
 */
export class TaskDonePopover extends Component {
    static template = "crm_tracks.TaskDonePopover";
    static props = {
        isAhead: Boolean, // Completed ahead of its turn
        onDone: Function, // Called with the feedback
        close: {type: Function, optional: true},
    };

    setup() {
        this.state = useState({feedback: ""});
        useAutofocus({refName: "feedback"});
    }

    onDone() {
        this.props.close?.();
        return this.props.onDone(this.state.feedback.trim());
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) {
            this.onDone();
        }
    }
}
