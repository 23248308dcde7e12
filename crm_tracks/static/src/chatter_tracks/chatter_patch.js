import {SHOW_TRACK, findWantedTrack, forgetWantedTrack} from "../track_page/show_track";
import {Chatter} from "@mail/chatter/web_portal/chatter";
import {ChatterTracks} from "./chatter_tracks";
import {Thread} from "@mail/core/common/thread_model";
import {fields} from "@mail/core/common/record";
import {patch} from "@web/core/utils/patch";
import {onMounted} from "@odoo/owl";
import {useBus} from "@web/core/utils/hooks";

Object.assign(Chatter.components, {ChatterTracks});
// Whether the form leaves it to the chatter to show the tracks of its record
Chatter.props.push("showsTracks?");

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        // Known where the chatter shows tracks
        this.hasTracks = fields.Attr(false);
    },
});

patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        Object.assign(this.state, {tracksVersion: 0, wantedTrack: null});
        if (this.props.showsTracks) {
            // Read before the address of the page is changed to that of the form
            this.wantTrack(findWantedTrack(this.props.record));
            onMounted(forgetWantedTrack);
        }
        useBus(this.env.bus, SHOW_TRACK, ({detail}) => this.onShowTrack(detail));
    },

    /** Read whether there are tracks together with the activities. */
    async load(thread, requestList) {
        const withTracks = this.props.showsTracks && requestList.includes("activities");
        await super.load(thread, withTracks ? [...requestList, "tracks"] : requestList);
        if (withTracks) {
            this.state.tracksVersion++;
        }
    },

    wantTrack(runId) {
        this.state.wantedTrack = runId ? {runId} : null;
    },

    /**
     * @param {Object} request where to show which track; notes that it is shown
     */
    onShowTrack(request) {
        const {showsTracks, threadId, threadModel} = this.props;
        if (
            showsTracks &&
            this.state.thread &&
            request.res_model === threadModel &&
            request.res_id === threadId
        ) {
            request.isShown = true;
            this.wantTrack(request.run_id);
            this.load(this.state.thread, ["activities"]);
        }
    },
});
