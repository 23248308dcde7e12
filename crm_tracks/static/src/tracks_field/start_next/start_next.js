import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

/**
 * Buttons that start the templates which follow a finished track.
 */
export class StartNext extends Component {
    static template = "crm_tracks.StartNext";
    static props = {
        run: Object,
        act: Function, // As of `TracksData`
    };

    /**
     * @param {Object} template one of the templates that are offered, {id, name}
     */
    getLabel(template) {
        return _t("Start “%s”", template.name);
    }

    start(template) {
        const {act, run} = this.props;
        return act("track.run", "action_start_next", [[run.id], template.id]);
    }
}
