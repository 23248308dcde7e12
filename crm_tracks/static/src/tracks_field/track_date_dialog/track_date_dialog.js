import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, formatDate, serializeDate} from "@web/core/l10n/dates";
import {DateTimeInput} from "@web/core/datetime/datetime_input";
import {Dialog} from "@web/core/dialog/dialog";
import {KeepLast} from "@web/core/utils/concurrency";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/**
 * Moves the start or end date of a track. Shows the new dates of its tasks first.
 */
export class TrackDateDialog extends Component {
    static template = "crm_tracks.TrackDateDialog";
    static components = {DateTimeInput, Dialog};
    static props = {
        run: Object,
        onMove: Function, // Called with the field's name and an ISO day
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.field = this.props.run.direction === "end" ? "end_date" : "start_date";
        this.state = useState({
            day: deserializeDate(this.props.run[this.field]),
            preview: null,
        });
        onWillStart(() => this.loadPreview());
    }

    get title() {
        return this.field === "end_date"
            ? _t("Move the end date of “%s”", this.props.run.name)
            : _t("Move the start date of “%s”", this.props.run.name);
    }

    get iso() {
        return serializeDate(this.state.day);
    }

    get unlinkingText() {
        const {date_linked: isLinked, date_field: label} = this.props.run;
        return (
            isLinked &&
            label &&
            _t("If you move the date, it no longer follows “%s”.", label)
        );
    }

    get isMoved() {
        return this.iso !== this.props.run[this.field];
    }

    format(iso) {
        return formatDate(deserializeDate(iso));
    }

    reason(task) {
        return task.reason === "meeting"
            ? _t("Unchanged: the task has a meeting")
            : _t("Unchanged: the date was set manually");
    }

    async loadPreview() {
        this.state.preview = await this.keepLast.add(
            this.orm.call("track.run", "get_dates_preview", [
                [this.props.run.id],
                this.field,
                this.iso,
            ])
        );
    }

    async onChange(day) {
        if (day && serializeDate(day) !== this.iso) {
            this.state.day = day;
            await this.loadPreview();
        }
    }

    async onMove() {
        this.props.close();
        await this.props.onMove(this.field, this.iso);
    }
}
