import {RecordTracks} from "../tracks_data/record_tracks";
import {TrackStepper} from "./track_stepper/track_stepper";
import {TracksHold} from "../tracks_field/tracks_hold/tracks_hold";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useKeptFocus} from "../tracks_field/kept_focus_hook";
import {useRef} from "@odoo/owl";

/**
 * The tracks of a record as one line each, to be seen on every tab of its form.
 *
 * For `track_run_ids` in the form of any model with activities.
 */
export class TrackSteps extends RecordTracks {
    static template = "crm_tracks.TrackSteps";
    static components = {TrackStepper, TracksHold};

    setup() {
        super.setup();
        useKeptFocus(useRef("root"));
    }

    /** The hold of activities without a track; that of a track is in its line. */
    get holdText() {
        return this.data.activities.hold_text;
    }

    get canApply() {
        return !this.isReadonly && this.props.record.resId && !this.liveRuns.length;
    }
}

export const trackSteps = {
    component: TrackSteps,
    displayName: _t("Track steps"),
    supportedTypes: ["one2many"],
    additionalClasses: ["w-100"],
};

registry.category("fields").add("track_steps", trackSteps);
