import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

// The maximum number of dates below the axis, in addition to the first one.
const TICKS = 5;
const WEEK = 7;

/**
 * The tasks of a template on a time axis, for a track that starts or ends on a given
 * day.
 *
 * Each task has its own row: its name, its position on the axis with a line from the
 * day from which its delay counts, and its date as text for screen readers.
 */
export class TrackTimeline extends Component {
    static template = "crm_tracks.TrackTimeline";
    static props = {...standardFieldProps};

    get timeline() {
        return this.props.record.data[this.props.name];
    }

    /** The first day shown, and the number of days. */
    get axis() {
        const {day, tasks} = this.timeline;
        const days = [day, ...tasks.map((task) => task.day).filter(Boolean)].sort();
        const first = deserializeDate(days[0]);
        const last = deserializeDate(days.at(-1));
        return {first, length: this.getDistance(first, last) + 1};
    }

    /** The dates on the axis: at equal distances, in whole weeks where possible. */
    get ticks() {
        const {first, length} = this.axis;
        let step = Math.ceil(length / TICKS);
        if (step >= WEEK) {
            step = Math.ceil(step / WEEK) * WEEK;
        }
        const format = {day: "numeric", month: "short"};
        if (length > 365) {
            format.year = "2-digit";
        }
        const ticks = [];
        for (let number = 0; number < length; number += step) {
            const label = first.plus({days: number}).toLocaleString(format);
            ticks.push({label, style: this.getStyle(number)});
        }
        return ticks;
    }

    get daysOff() {
        const width = 100 / this.axis.length;
        return this.timeline.days_off.map((day) => {
            const start = this.getNumber(day) * width;
            return `inset-inline-start: ${start}%; width: ${width}%;`;
        });
    }

    get rows() {
        return this.timeline.tasks.map((task, index) => {
            const row = {...task, index};
            if (task.day) {
                const since = this.getNumber(task.since);
                const number = this.getNumber(task.day);
                const start = Math.min(since, number);
                const width = (Math.abs(number - since) / this.axis.length) * 100;
                row.style = this.getStyle(number);
                row.lineStyle = `${this.getStyle(start)} width: ${width}%;`;
                row.text = this.getText(task);
            } else {
                row.text = _t("No date");
            }
            return row;
        });
    }

    get label() {
        const day = formatDate(deserializeDate(this.timeline.day));
        return this.props.record.data.direction === "end"
            ? _t("Tasks of a track that ends on %s", day)
            : _t("Tasks of a track that starts on %s", day);
    }

    /** The date of a task as text, with its remarks. */
    getText(task) {
        const day = deserializeDate(task.day);
        const parts = [`${day.toFormat("ccc")} ${formatDate(day)}`];
        if (task.waits) {
            parts.push(_t("at the earliest"));
        }
        if (task.moved) {
            parts.push(_t("moved from a day off"));
        }
        if (task.off) {
            parts.push(_t("day off"));
        }
        return parts.join(", ");
    }

    /** The number of days between two dates. */
    getDistance(first, last) {
        return Math.round(last.diff(first, "days").days);
    }

    /** The index of a day among the days shown, from 0. */
    getNumber(day) {
        return this.getDistance(this.axis.first, deserializeDate(day));
    }

    /** The position of the middle of a day on the axis. */
    getStyle(number) {
        return `inset-inline-start: ${((number + 0.5) / this.axis.length) * 100}%;`;
    }
}

registry.category("fields").add("track_timeline", {
    component: TrackTimeline,
    displayName: _t("Timeline of a template"),
    supportedTypes: ["json"],
    fieldDependencies: [{name: "direction", type: "selection"}],
});
