import {
    CompletionNeeds,
    isRefused,
} from "../../track_completion/completion_needs/completion_needs";
import {Component, useState} from "@odoo/owl";
import {OutcomeButtons} from "../../track_completion/outcome_buttons/outcome_buttons";
import {useAutofocus} from "@web/core/utils/hooks";

/**
 * Completes a task with a feedback, as in the chatter, and with an outcome if the task
 * has several.
 */
export class TaskDonePopover extends Component {
    static template = "crm_tracks.TaskDonePopover";
    static components = {CompletionNeeds, OutcomeButtons};
    static props = {
        isAhead: Boolean, // Completed ahead of its turn
        completion: {type: [Object, {value: false}], optional: true}, // The server's data
        onDone: Function, // Called with the feedback, and the name of an outcome
        close: {type: Function, optional: true},
    };

    setup() {
        this.state = useState({feedback: ""});
        useAutofocus({refName: "feedback"});
    }

    get outcomes() {
        return this.props.completion?.outcomes || [];
    }

    get isRefused() {
        return isRefused(this.props.completion, this.state.feedback);
    }

    /**
     * @param {String} [outcome]
     * @returns {Promise}
     */
    onDone(outcome) {
        this.props.close?.();
        return this.props.onDone(this.state.feedback.trim(), outcome);
    }

    onKeydown(ev) {
        const isCommitted = ev.key === "Enter" && (ev.ctrlKey || ev.metaKey);
        if (isCommitted && !this.isRefused && !this.outcomes.length) {
            this.onDone();
        }
    }
}
