import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {imageUrl} from "@web/core/utils/urls";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const LOOKS = {
    late: {icon: "fa-exclamation-circle", color: "text-danger"},
    today: {icon: "fa-road", color: "text-warning"},
    failed: {icon: "fa-exclamation-triangle", color: "text-danger"},
    hold: {icon: "fa-pause-circle", color: "text-muted"},
};
const NORMAL = {icon: "fa-road", color: "text-muted"};

/**
 * Where a record stands on its tracks: “2/6 · Call the customer · 2 days late”, with a
 * picture of the assignee where that is not the user of the record, whom the view shows.
 *
 * For `track_status` on boards and in lists. Shows nothing without a running track.
 */
export class TrackStatusField extends Component {
    static template = "crm_tracks.TrackStatusField";
    static props = {...standardFieldProps};

    /** Empty also in the sample data of an empty board, which Odoo invents. */
    get status() {
        const {track_status_data: status} = this.props.record.data;
        return status?.progress ? status : null;
    }

    get look() {
        return LOOKS[this.status.urgency] || NORMAL;
    }

    get tooltip() {
        const {name, record} = this.props;
        const {user} = this.status;
        return [record.data[name], user?.name].filter(Boolean).join(" · ");
    }

    /** The assignee, unless the view names the same user already. */
    get user() {
        const {user} = this.status;
        return user && user.id !== this.props.record.data.user_id?.id ? user : null;
    }

    get avatarUrl() {
        return imageUrl("res.users", this.user.id, "avatar_128");
    }

    get more() {
        return this.status.count > 1 ? `+${this.status.count - 1}` : "";
    }
}

export const trackStatusField = {
    component: TrackStatusField,
    displayName: _t("Track Status"),
    supportedTypes: ["char"],
    fieldDependencies: [{name: "track_status_data", type: "json", readonly: true}],
};

registry.category("fields").add("track_status", trackStatusField);
