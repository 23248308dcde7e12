import {Component, onWillDestroy, useEffect, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {TrackCard} from "./track_card/track_card";
import {TracksHold} from "./tracks_hold/tracks_hold";
import {_t} from "@web/core/l10n/translation";
import {browser} from "@web/core/browser/browser";
import {getMsToTomorrow} from "@mail/utils/common/dates";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useKeptFocus} from "./kept_focus_hook";
import {useDebounced} from "@web/core/utils/timing";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useBus, useService} from "@web/core/utils/hooks";

const ENDED = ["done", "stopped"];

/**
 * The tracks of a record as cards, each with its tasks as a timeline.
 *
 * For `track_run_ids` in the form of any model with activities. It loads its data in
 * one call when it is shown, when the record is reloaded, and when the bus reports a
 * change of its tracks.
 */
export class TracksField extends Component {
    static template = "crm_tracks.TracksField";
    static components = {TrackCard, TracksHold};
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.busService = useService("bus_service");
        this.uiService = useService("ui");
        this.state = useState({data: null, showEnded: false, folded: {}});
        this.keepLast = new KeepLast();
        this.act = this.act.bind(this);
        this.recheck = this.recheck.bind(this);
        this.toggleFold = this.toggleFold.bind(this);
        useRecordObserver((record) => {
            // Every reload of the record brings a new list
            if (record.data[this.props.name]) {
                this.load(record);
            }
        });
        this.root = useRef("root");
        useKeptFocus(this.root);
        this.setupBus();
        this.reloadAtMidnight();
        onWillDestroy(() => browser.clearTimeout(this.midnight));
    }

    /**
     * Listen to changes of the record's tracks by other users, the chatter or the cron.
     */
    setupBus() {
        const follow = useDebounced(() => this.follow(), 200);
        useBus(this.props.record.model.bus, "FIELD_IS_DIRTY", ({detail}) => {
            this.isTyped = detail;
        });
        const onChanged = ({model, id}) => {
            const {resModel, resId} = this.props.record;
            if (model === resModel && id === resId) {
                follow();
            }
        };
        this.busService.subscribe("crm_tracks/changed", onChanged);
        onWillDestroy(() =>
            this.busService.unsubscribe("crm_tracks/changed", onChanged)
        );
        useEffect(
            (resModel, resId) => {
                if (!resId) {
                    return;
                }
                const channel = `crm_tracks:${resModel}:${resId}`;
                this.busService.addChannel(channel);
                return () => this.busService.deleteChannel(channel);
            },
            () => [this.props.record.resModel, this.props.record.resId]
        );
    }

    /**
     * Reload at midnight, when “Tomorrow” becomes “Today”.
     */
    reloadAtMidnight() {
        this.midnight = browser.setTimeout(() => {
            this.load();
            this.reloadAtMidnight();
        }, getMsToTomorrow() + 1000);
    }

    async load(record = this.props.record) {
        if (!record.resId) {
            this.state.data = {
                readonly: false,
                runs: [],
                activities: {hold_text: "", tasks: []},
            };
            return;
        }
        this.state.data = await this.keepLast.add(
            this.orm.call("track.run", "get_tab_data", [record.resModel, record.resId])
        );
    }

    /**
     * Reload the chatter after a change in the tab.
     */
    async reloadChatter() {
        const {resModel, resId} = this.props.record;
        const thread = this.env.services["mail.store"]?.Thread.get({
            model: resModel,
            id: resId,
        });
        await thread?.fetchThreadData(["activities", "messages"]);
    }

    /**
     * Reload the tab, the chatter, and the rest of the form unless it is being edited.
     */
    async refresh() {
        await this.reload(!(await this.props.record.isDirty()));
    }

    /**
     * Show changes by others, as `refresh` does, but without discarding unsaved input
     * or reloading the record behind an open dialog.
     */
    async follow() {
        const {record} = this.props;
        await record.model.mutex.getUnlockedDef();
        const isBusy = record.dirty || this.isTyped;
        const isOnTop = this.uiService.activeElement.contains(this.root.el);
        await this.reload(!isBusy && isOnTop);
    }

    /**
     * @param {Boolean} withRecord whether to reload the whole form
     */
    async reload(withRecord) {
        await Promise.all([
            this.reloadChatter(),
            withRecord ? this.props.record.load() : this.load(), // The first is observed
        ]);
    }

    /**
     * Call a method of a track or task, and show the result.
     *
     * @param {String} model
     * @param {String} method
     * @param {Array} args
     * @param {Object} [kwargs]
     */
    async act(model, method, args, kwargs = {}) {
        let result = null;
        try {
            result = await this.orm.call(model, method, args, kwargs);
        } catch (error) {
            await this.load();
            throw error;
        }
        if (result && result.type) {
            await this.actionService.doAction(result, {
                onClose: () => this.refresh(),
            });
        } else {
            await this.refresh();
        }
    }

    /**
     * Save the form, and read again what the tasks need, before one is completed.
     *
     * @param {Object} task
     * @returns {Promise<Object>} the task as it is then
     */
    async recheck(task) {
        const {record} = this.props;
        if (await record.isDirty()) {
            await record.save();
        }
        // Not by `load`, which a reload of the saved record would supersede
        const {runs} = await this.orm.call("track.run", "get_tab_data", [
            record.resModel,
            record.resId,
        ]);
        const tasks = runs.flatMap((run) => run.tasks);
        return tasks.find(({id}) => id === task.id) || task;
    }

    /**
     * Call a method of the record itself, after saving its form.
     *
     * @param {String} method
     */
    async actOnRecord(method) {
        const {record} = this.props;
        const isUnsaved = !record.resId || (await record.isDirty());
        if (!isUnsaved || (await record.save())) {
            await this.act(record.resModel, method, [[record.resId]]);
        }
    }

    onApply() {
        return this.actOnRecord("action_tracks_apply");
    }

    onReopen() {
        return this.actOnRecord(this.reopening.method);
    }

    toggleFold(run) {
        this.state.folded[run.id] = !this.isFolded(run);
    }

    isFolded(run) {
        return this.state.folded[run.id] ?? ENDED.includes(run.state);
    }

    get isReadonly() {
        return this.props.readonly || this.state.data.readonly;
    }

    get reopening() {
        return !this.isReadonly && this.state.data.reopening;
    }

    /**
     * The activities on hold that belong to no track.
     */
    get activities() {
        return this.state.data.activities.tasks;
    }

    /**
     * The tracks that are shown at once: those that have not ended, then those after
     * which templates are offered.
     */
    get liveRuns() {
        const {runs} = this.state.data;
        return [
            ...runs.filter((run) => !ENDED.includes(run.state)),
            ...runs.filter((run) => ENDED.includes(run.state) && run.next.length),
        ];
    }

    get endedRuns() {
        return this.state.data.runs.filter(
            (run) => ENDED.includes(run.state) && !run.next.length
        );
    }

    get endedLabel() {
        const number = this.endedRuns.length;
        return number === 1 ? _t("1 finished track") : _t("%s finished tracks", number);
    }
}

export const tracksField = {
    component: TracksField,
    displayName: _t("Tracks"),
    supportedTypes: ["one2many"],
    additionalClasses: ["w-100"],
};

registry.category("fields").add("tracks", tracksField);
