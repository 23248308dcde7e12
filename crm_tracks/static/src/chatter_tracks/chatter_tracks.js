import {onWillUpdateProps, useEffect, useRef} from "@odoo/owl";
import {TracksField} from "../tracks_field/tracks_field";
import {useRevealedCard} from "../track_page/revealed_card_hook";

// Tracks with more tasks are folded, so that the messages stay near
const FEW_TASKS = 10;

/**
 * The tracks of a record as a section of its chatter, in forms without the Tracks tab.
 */
export class ChatterTracks extends TracksField {
    static template = "crm_tracks.ChatterTracks";
    static props = {
        record: Object, // Of the form
        version: Number, // Another one when the chatter was loaded again
        wanted: {type: [Object, {value: null}], optional: true}, // {runId}
    };

    setup() {
        super.setup();
        this.state.isFolded = false;
        this.root = useRef("root");
        this.reveal = useRevealedCard();
        onWillUpdateProps((next) =>
            this.tracks.observe(next.record, this.getSource(next.record, next.version))
        );
        useEffect(
            (wanted) => wanted && this.show(wanted.runId),
            () => [this.props.wanted]
        );
    }

    getSource({resModel, resId}, version = this.props.version) {
        return {resModel, resId, version};
    }

    isFolded(run) {
        const isLong = run.tasks.length > FEW_TASKS;
        return this.state.folded[run.id] ?? (isLong || super.isFolded(run));
    }

    /**
     * Unfold a track, and scroll to its card.
     *
     * @param {Number} runId
     */
    show(runId) {
        this.state.isFolded = false;
        this.state.folded[runId] = false;
        this.reveal(this.root.el, runId);
    }
}
