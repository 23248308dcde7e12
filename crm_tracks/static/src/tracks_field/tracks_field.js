import {useRef, useState} from "@odoo/owl";
import {ENDED} from "../tracks_data/task_states";
import {RecordTracks} from "../tracks_data/record_tracks";
import {TrackCard} from "./track_card/track_card";
import {TracksHold} from "./tracks_hold/tracks_hold";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useKeptFocus} from "./kept_focus_hook";

/**
 * The tracks of a record as cards, each with its tasks as a timeline.
 *
 * For `track_run_ids` in the form of any model with activities.
 */
export class TracksField extends RecordTracks {
    static template = "crm_tracks.TracksField";
    static components = {TrackCard, TracksHold};

    setup() {
        super.setup();
        this.state = useState({showEnded: false, folded: {}});
        this.toggleFold = this.toggleFold.bind(this);
        useKeptFocus(useRef("root"));
    }

    toggleFold(run) {
        this.state.folded[run.id] = !this.isFolded(run);
    }

    isFolded(run) {
        return this.state.folded[run.id] ?? ENDED.includes(run.state);
    }

    /**
     * The activities on hold that belong to no track.
     */
    get activities() {
        return this.data.activities.tasks;
    }

    get endedRuns() {
        return this.data.runs.filter(
            (run) => ENDED.includes(run.state) && !run.next.length
        );
    }

    /**
     * How many tracks were finished, and how many were stopped.
     */
    get endedLabel() {
        const count = (state) =>
            this.endedRuns.filter((run) => run.state === state).length;
        const [done, stopped] = [count("done"), count("stopped")];
        const parts = [];
        if (done) {
            parts.push(
                done === 1 ? _t("1 finished track") : _t("%s finished tracks", done)
            );
        }
        if (stopped) {
            parts.push(
                stopped === 1 ? _t("1 stopped track") : _t("%s stopped tracks", stopped)
            );
        }
        return parts.join(", ");
    }
}

export const tracksField = {
    component: TracksField,
    displayName: _t("Tracks"),
    supportedTypes: ["one2many"],
    additionalClasses: ["w-100"],
};

registry.category("fields").add("tracks", tracksField);
