import {Component, onMounted, onWillDestroy, useRef} from "@odoo/owl";
import {SHOW_TRACK, findWantedTrack, forgetWantedTrack} from "./show_track";
import {Notebook} from "@web/core/notebook/notebook";
import {browser} from "@web/core/browser/browser";
import {useBus} from "@web/core/utils/hooks";

// How long the card of a track may take to appear on its page, in milliseconds
const PATIENCE = 10000;

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
        onWillDestroy(() => this.stopWaiting());
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
     * Select the page, and scroll to the card of a track when it is there. The card of
     * a track that has ended is there when the finished tracks are unfolded.
     *
     * @param {Number} runId
     */
    show(runId) {
        this.props.activate();
        this.stopWaiting();
        const notebook = this.root.el.closest(".o_notebook");
        let isUnfolded = false;
        const reveal = () => {
            const ended = notebook.querySelector(
                ".o_tracks_ended[aria-expanded='false']"
            );
            const card = notebook.querySelector(
                `.o_tracks_card[data-run-id="${runId}"]`
            );
            if (card) {
                this.stopWaiting();
                card.scrollIntoView({block: "nearest"});
                card.classList.add("o_tracks_shown");
            } else if (ended && !isUnfolded) {
                isUnfolded = true;
                ended.click();
            }
        };
        this.observer = new MutationObserver(reveal);
        this.observer.observe(notebook, {childList: true, subtree: true});
        this.timeout = browser.setTimeout(() => this.stopWaiting(), PATIENCE);
        reveal();
    }

    stopWaiting() {
        this.observer?.disconnect();
        browser.clearTimeout(this.timeout);
    }
}

Notebook.components = {...Notebook.components, TrackPage};
