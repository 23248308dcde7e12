import {onWillStart, useState} from "@odoo/owl";
import {Activity} from "@mail/core/common/activity_model";
import {ActivityMarkAsDone} from "@mail/core/web/activity_markasdone_popover";
import {CompletionNeeds, isRefused} from "./completion_needs/completion_needs";
import {OutcomeButtons} from "./outcome_buttons/outcome_buttons";
import {patch} from "@web/core/utils/patch";

patch(Activity.prototype, {
    /**
     * Complete the task of a track with an outcome.
     *
     * @param {String} outcome
     */
    async markAsDoneWithOutcome(outcome) {
        await this.store.env.services.orm.call(
            "mail.activity",
            "action_track_done",
            [[this.id]],
            {outcome, feedback: this.feedback || false}
        );
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: {id: this.res_id, model: this.res_model},
        });
    },

    /**
     * Read again what the task of this activity needs, and which outcomes it has.
     */
    async loadTrackCompletion() {
        const data = await this.store.env.services.orm.silent.call(
            "mail.activity",
            "activity_format",
            [[this.id]]
        );
        this.store.insert(data);
    },
});

/**
 * In a track, the popover offers the outcomes of the task, and says what it needs.
 */
patch(ActivityMarkAsDone.prototype, {
    setup() {
        super.setup(...arguments);
        const {activity} = this.props;
        this.trackState = useState({
            completion: activity.track_completion,
            feedback: activity.feedback,
        });
        onWillStart(async () => {
            // The record may have been filled in since the activity was loaded
            if (activity.track_completion && activity.track_completion.missing.length) {
                await activity.loadTrackCompletion();
                this.trackState.completion = activity.track_completion;
            }
        });
    },

    get trackOutcomes() {
        return this.trackState.completion?.outcomes || [];
    },

    get isTrackRefused() {
        return isRefused(this.trackState.completion, this.trackState.feedback);
    },

    /** Which task follows is decided by the outcome. */
    get isSuggested() {
        return super.isSuggested && !this.trackOutcomes.length;
    },

    onTrackInput(ev) {
        this.trackState.feedback = ev.target.value;
    },

    async onSelectOutcome(outcome) {
        const {activity} = this.props;
        const thread = this.env.services["mail.store"].Thread.insert({
            model: activity.res_model,
            id: activity.res_id,
        });
        await activity.markAsDoneWithOutcome(outcome);
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});

ActivityMarkAsDone.components = {
    ...ActivityMarkAsDone.components,
    CompletionNeeds,
    OutcomeButtons,
};
