import {Component} from "@odoo/owl";
import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {useService} from "@web/core/utils/hooks";

/**
 * Which track an activity belongs to (“Sales follow-through · 2 of 6”), as a link to
 * the track. Shows nothing for an activity without a track, or with a track that the
 * user may not read.
 */
export class TrackHeading extends Component {
    static template = "crm_tracks.TrackHeading";
    static props = {
        activity: Object,
        class: {type: String, optional: true},
    };

    setup() {
        this.action = useService("action");
    }

    get href() {
        return `/odoo/crm-tracks/${this.props.activity.track_run_id}`;
    }

    /**
     * @param {MouseEvent} ev with a modifier key the browser opens a new tab
     */
    onClick(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.shiftKey) {
            return;
        }
        ev.preventDefault();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "track.run",
            res_id: this.props.activity.track_run_id,
            views: [[false, "form"]],
        });
    }
}

Object.assign(Activity.components, {TrackHeading});
Object.assign(ActivityListPopoverItem.components, {TrackHeading});
