import {Component, onMounted, useRef} from "@odoo/owl";
import {SHOW_TRACK, findWantedTrack, forgetWantedTrack} from "./show_track";
import {Notebook} from "@web/core/notebook/notebook";
import {useBus} from "@web/core/utils/hooks";
import {useRevealedCard} from "./revealed_card_hook";

/**
 * What the title of the Tracks page has beside its text: the number of running tracks.
 *
 * The title is always there, while the page is so only when it is selected. So it also
 * listens for the tracks that are to be shown, and selects the page.
 */
export class TrackPage extends Component {
    static template = "crm_tracks.TrackPage";
    static props = {
        record: Object,
        activate: Function,
    };

    setup() {
        this.root = useRef("root");
        this.reveal = useRevealedCard();
        useBus(this.env.bus, SHOW_TRACK, ({detail}) => this.onShow(detail));
        // Read before the address of the page is changed to that of the form
        const runId = findWantedTrack(this.props.record);
        onMounted(() => {
            // Not before: what is rendered again until then is set up again, too
            forgetWantedTrack();
            if (runId) {
                this.show(runId);
            }
        });
    }

    get count() {
        return this.props.record.data.track_running_count;
    }

    /**
     * @param {Object} request where to show which track; notes that it is shown
     */
    onShow(request) {
        const {resModel, resId} = this.props.record;
        if (request.res_model === resModel && request.res_id === resId) {
            request.isShown = true;
            this.show(request.run_id);
        }
    }

    /**
     * Select the page, and scroll to the card of a track.
     *
     * @param {Number} runId
     */
    show(runId) {
        this.props.activate();
        this.reveal(this.root.el.closest(".o_notebook"), runId);
    }
}

Notebook.components = {...Notebook.components, TrackPage};
