import {Component, toRaw, useState} from "@odoo/owl";
import {ENDED} from "./task_states";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useTracksData} from "./tracks_data";

/**
 * A component in a form that shows the tracks of a record: a field for `track_run_ids`,
 * or one that says by `getSource` whose tracks it shows.
 */
export class RecordTracks extends Component {
    static props = {...standardFieldProps};

    setup() {
        this.tracks = useTracksData(this.props.record, this.getSource.bind(this));
        this.loaded = useState(this.tracks.state);
    }

    /**
     * Whose tracks are shown, and when they are read again.
     *
     * @param {Object} record of the form
     * @returns {TracksSource}
     */
    getSource({resModel, resId, data}) {
        // Every reload brings a new list
        return {resModel, resId, version: toRaw(data[this.props.name])};
    }

    get data() {
        return this.loaded.data;
    }

    get isReadonly() {
        return this.props.readonly || this.data.readonly;
    }

    /** The button that reopens the closed record, or false. */
    get reopening() {
        return !this.isReadonly && this.data.reopening;
    }

    /**
     * The tracks that are shown at once: those that have not ended, then those after
     * which templates are offered.
     */
    get liveRuns() {
        const {runs} = this.data;
        return [
            ...runs.filter((run) => !ENDED.includes(run.state)),
            ...runs.filter((run) => ENDED.includes(run.state) && run.next.length),
        ];
    }

    onApply() {
        return this.tracks.actOnRecord("action_tracks_apply");
    }

    onReopen() {
        return this.tracks.actOnRecord(this.reopening.method);
    }
}
