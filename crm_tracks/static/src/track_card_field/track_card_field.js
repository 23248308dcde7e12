import {RecordTracks} from "../tracks_data/record_tracks";
import {TrackCard} from "../tracks_field/track_card/track_card";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {toRaw, useRef} from "@odoo/owl";
import {useKeptFocus} from "../tracks_field/kept_focus_hook";

/**
 * The tasks of a track in its own form, as in the tab of its record.
 *
 * For `line_ids` of a track. The form shows what the head of the card contains.
 */
export class TrackCardField extends RecordTracks {
    static template = "crm_tracks.TrackCardField";
    static components = {TrackCard};

    setup() {
        super.setup();
        useKeptFocus(useRef("root"));
    }

    getSource({data}) {
        return {
            resModel: data.res_model,
            resId: data.res_id && data.res_id.resId,
            version: toRaw(data[this.props.name]),
        };
    }

    /** The track of the form, unless it was deleted meanwhile. */
    get run() {
        return this.data.runs.find(({id}) => id === this.props.record.resId);
    }
}

export const trackCardField = {
    component: TrackCardField,
    displayName: _t("Tasks of a Track"),
    supportedTypes: ["one2many"],
    fieldDependencies: [
        {name: "res_model", type: "char", readonly: true},
        {name: "res_id", type: "many2one_reference", readonly: true},
    ],
    additionalClasses: ["w-100"],
};

registry.category("fields").add("track_card", trackCardField);
