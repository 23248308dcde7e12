import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/**
 * Asks whether the dates of a track that is resumed move by the days on hold.
 */
export class ResumeDialog extends Component {
    static template = "crm_tracks.ResumeDialog";
    static components = {Dialog};
    static props = {
        name: String, // Of the track
        days: Number, // By which its dates would move
        onResume: Function, // Called with whether they do
        close: Function,
    };

    get title() {
        return _t("Resume “%s”", this.props.name);
    }

    get question() {
        return this.props.days === 1
            ? _t("The track was on hold for 1 day. Move its dates by as much?")
            : _t(
                  "The track was on hold for %s days. Move its dates by as much?",
                  this.props.days
              );
    }

    onResume(shift) {
        this.props.close();
        return this.props.onResume(shift);
    }
}
