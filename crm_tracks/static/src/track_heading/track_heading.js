import {Component} from "@odoo/owl";
import {Activity} from "@mail/core/web/activity";
import {ActivityListPopoverItem} from "@mail/core/web/activity_list_popover_item";
import {useService} from "@web/core/utils/hooks";

/**
 * Which track an activity belongs to (“Sales follow-through · 2 of 6”), as a link to
 * the track: on the form of its record, if that has the Tracks tab. Shows nothing for
 * an activity without a track, or with a track that the user may not read.
 */
export class TrackHeading extends Component {
    static template = "crm_tracks.TrackHeading";
    static props = {
        activity: Object,
        class: {type: String, optional: true},
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    /**
     * @param {MouseEvent} ev with a modifier key the browser opens a new tab
     */
    async onClick(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.shiftKey) {
            return;
        }
        ev.preventDefault();
        const args = [[this.props.activity.id]];
        const action = await this.orm.call("mail.activity", "action_open_track", args);
        await this.action.doAction(action);
    }
}

Object.assign(Activity.components, {TrackHeading});
Object.assign(ActivityListPopoverItem.components, {TrackHeading});
