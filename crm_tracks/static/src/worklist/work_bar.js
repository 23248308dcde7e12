import {Component, onWillDestroy, useEffect, useState} from "@odoo/owl";
import {SHOW_TRACK} from "../track_page/show_track";
import {_t} from "@web/core/l10n/translation";
import {debounce} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

/**
 * On the forms of the records that a user works through: the task that is to be done
 * here, and a button for the next one.
 */
export class WorkBar extends Component {
    static template = "crm_tracks.WorkBar";
    static props = {
        worklist: Object,
        // The record of the form
        record: Object,
        // Opens another record of the pager
        onPage: Function,
    };

    setup() {
        const {worklist} = this.props;
        this.state = useState(worklist.state);
        this.isBusy = false;
        const bus = useService("bus_service");
        const follow = debounce(() => worklist.refresh(), 200);
        const onChanged = ({model, id}) => {
            if (worklist.getPlace(model, id) >= 0) {
                follow();
            }
        };
        bus.subscribe("crm_tracks/changed", onChanged);
        onWillDestroy(() => {
            bus.unsubscribe("crm_tracks/changed", onChanged);
            follow.cancel();
        });
        let isOpened = false;
        useEffect(
            () => {
                // The form that was just opened shows its track already
                if (isOpened) {
                    this.showTrack();
                }
                isOpened = true;
            },
            () => [this.props.record.resId]
        );
    }

    get place() {
        const {resModel, resId} = this.props.record;
        return this.props.worklist.getPlace(resModel, resId);
    }

    /** The record of the form in the list, or undefined. */
    get entry() {
        return this.state.entries[this.place];
    }

    /** The tasks of the record that are still to be done. */
    get left() {
        return this.props.worklist.getLeft(this.entry);
    }

    /**
     * Those of them whose turn it is: a task that is due later than the next record's
     * comes after that one.
     */
    get here() {
        const {left, next, place, props} = this;
        if (!next || props.worklist.getPlace(next.model, next.id) < place) {
            return left;
        }
        const [{date}] = props.worklist.getLeft(next);
        return left.filter((task) => !date || (task.date && task.date <= date));
    }

    /** The next record, or undefined when nothing is left of the other ones. */
    get next() {
        return this.props.worklist.getNext(this.place);
    }

    /** The task that the bar names: that of the record, then the next one. */
    get task() {
        return this.here[0] || this.props.worklist.getLeft(this.next)[0];
    }

    get more() {
        const {here, left} = this;
        return here.length && left.length > 1 ? `+${left.length - 1}` : "";
    }

    get progress() {
        return _t("%(place)s of %(count)s", {
            place: this.place + 1,
            count: this.state.entries.length,
        });
    }

    showTrack() {
        const place = this.entry && this.props.worklist.getTrackPlace(this.entry);
        if (place) {
            this.env.bus.trigger(SHOW_TRACK, {...place});
        }
    }

    /**
     * Open the next record, after looking which tasks others have done meanwhile.
     */
    async onNext() {
        if (this.isBusy) {
            return;
        }
        this.isBusy = true;
        try {
            const {onPage, record, worklist} = this.props;
            await worklist.refresh();
            const {next} = this;
            if (!next) {
                return;
            }
            if (next.model === record.resModel) {
                await onPage(next.id);
            } else {
                await worklist.open(next, {stackPosition: "replaceCurrentAction"});
            }
        } finally {
            this.isBusy = false;
        }
    }

    onBack() {
        return this.env.config.historyBack();
    }

    onLeave() {
        this.state.isLeft = true;
    }
}
