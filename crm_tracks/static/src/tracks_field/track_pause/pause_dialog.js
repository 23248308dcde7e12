import {Component, useState} from "@odoo/owl";
import {serializeDate, today} from "@web/core/l10n/dates";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/**
 * Asks for the day until which a track is paused.
 */
export class PauseDialog extends Component {
    static template = "crm_tracks.PauseDialog";
    static components = {DateTimeInput, Dialog};
    static props = {
        name: String, // Of the track
        onPause: Function, // Called with an ISO day
        close: Function,
    };

    setup() {
        this.tomorrow = today().plus({days: 1});
        this.state = useState({day: today().plus({weeks: 1})});
    }

    get title() {
        return _t("Pause “%s”", this.props.name);
    }

    onChange(day) {
        this.state.day = day || null;
    }

    onPause() {
        this.props.close();
        return this.props.onPause(serializeDate(this.state.day));
    }
}
