import {onWillDestroy, reactive, toRaw, useEnv, useRef} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {browser} from "@web/core/browser/browser";
import {debounce} from "@web/core/utils/timing";
import {getMsToTomorrow} from "@mail/utils/common/dates";
import {useRecordObserver} from "@web/model/relational_model/utils";

const EMPTY = {readonly: false, runs: [], activities: {hold_text: "", tasks: []}};

/**
 * The tracks of one record, read in one call for all components of a form that show
 * them, and kept up to date while there is one. The record is that of the form; in the
 * form of a track, it is the one on which the track runs.
 *
 * They are read when the first component is shown, when the form is reloaded, and when
 * the bus reports a change of the record's tracks.
 */
class TracksData {
    /**
     * @param {Object} env of the first component
     * @param {Object} model the form's model
     */
    constructor(env, model) {
        this.env = env;
        this.model = model;
        this.state = reactive({data: null});
        this.keepLast = new KeepLast();
        this.roots = new Set();
        this.act = this.act.bind(this);
        this.recheck = this.recheck.bind(this);
        this.follow = debounce(this.follow.bind(this), 200);
        this.onChanged = this.onChanged.bind(this);
        this.onTyped = ({detail}) => {
            this.isTyped = detail;
        };
    }

    // ------------------------------------------------------------------
    // Components
    // ------------------------------------------------------------------

    /**
     * @param {{el: HTMLElement}} root a ref to the component
     */
    addComponent(root) {
        if (!this.roots.size) {
            this.env.services.bus_service.subscribe(
                "crm_tracks/changed",
                this.onChanged
            );
            this.model.bus.addEventListener("FIELD_IS_DIRTY", this.onTyped);
            this.reloadAtMidnight();
        }
        this.roots.add(root);
    }

    removeComponent(root) {
        this.roots.delete(root);
        if (!this.roots.size) {
            this.env.services.bus_service.unsubscribe(
                "crm_tracks/changed",
                this.onChanged
            );
            this.model.bus.removeEventListener("FIELD_IS_DIRTY", this.onTyped);
            browser.clearTimeout(this.midnight);
            this.follow.cancel();
            this.setChannel("");
            this.version = null;
            this.state.data = null;
        }
    }

    /**
     * Take the record of the form, and read the tracks unless they were read since.
     *
     * @param {Object} record of the form
     * @param {TracksSource} source
     */
    observe(record, {resModel, resId, version}) {
        this.record = record;
        this.place = {resModel, resId};
        if (version && version !== this.version) {
            this.version = version;
            this.load();
        }
        this.setChannel(resId ? `crm_tracks:${resModel}:${resId}` : "");
    }

    // ------------------------------------------------------------------
    // Reading
    // ------------------------------------------------------------------

    async load() {
        this.state.data = this.place.resId
            ? await this.keepLast.add(this.read())
            : EMPTY;
    }

    read() {
        const {resModel, resId} = this.place;
        return this.env.services.orm.call("track.run", "get_tab_data", [
            resModel,
            resId,
        ]);
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

    /**
     * Listen to the changes of one record's tracks by other users, the chatter or the
     * cron.
     *
     * @param {String} channel empty for none
     */
    setChannel(channel) {
        const bus = this.env.services.bus_service;
        if (channel === (this.channel || "")) {
            return;
        }
        if (this.channel) {
            bus.deleteChannel(this.channel);
        }
        if (channel) {
            bus.addChannel(channel);
        }
        this.channel = channel;
    }

    onChanged({model, id}) {
        if (model === this.place.resModel && id === this.place.resId) {
            this.follow();
        }
    }

    /**
     * Show changes by others, as `refresh` does, but without discarding unsaved input
     * or reloading the record behind an open dialog.
     */
    async follow() {
        await this.model.mutex.getUnlockedDef();
        const isBusy = this.record.dirty || this.isTyped;
        const {activeElement} = this.env.services.ui;
        const isOnTop = [...this.roots].some(
            ({el}) => el && activeElement.contains(el)
        );
        await this.reload(!isBusy && isOnTop);
    }

    /**
     * Reload the tracks, the chatter, and the rest of the form unless it is being
     * edited.
     */
    async refresh() {
        await this.reload(!(await this.record.isDirty()));
    }

    /**
     * @param {Boolean} withRecord whether to reload the whole form
     */
    async reload(withRecord) {
        await Promise.all([
            this.reloadChatter(),
            withRecord ? this.record.load() : this.load(), // The first is observed
        ]);
    }

    async reloadChatter() {
        const {resModel, resId} = this.record;
        // None in the form of a track, and nowhere before it was opened
        const thread = this.env.services["mail.store"]?.Thread.get({
            model: resModel,
            id: resId,
        });
        await thread?.fetchThreadData(["activities", "messages"]);
    }

    // ------------------------------------------------------------------
    // Acting
    // ------------------------------------------------------------------

    /**
     * Call a method of a track or task, and show the result.
     *
     * @param {String} model
     * @param {String} method
     * @param {Array} args
     * @param {Object} [kwargs]
     * @returns {Promise} of what the method returned
     */
    async act(model, method, args, kwargs = {}) {
        const {action, orm} = this.env.services;
        let result = null;
        try {
            result = await orm.call(model, method, args, kwargs);
        } catch (error) {
            await this.load();
            throw error;
        }
        if (result && result.type) {
            await action.doAction(result, {onClose: () => this.refresh()});
        } else {
            await this.refresh();
        }
        return result;
    }

    /**
     * Save the form, and read again what the tasks need, before one is completed.
     *
     * @param {Object} task
     * @returns {Promise<Object>} the task as it is then
     */
    async recheck(task) {
        const {record} = this;
        if (await record.isDirty()) {
            await record.save();
        }
        // Not by `load`, which a reload of the saved record would supersede
        const {runs} = await this.read();
        const tasks = runs.flatMap((run) => run.tasks);
        return tasks.find(({id}) => id === task.id) || task;
    }

    /**
     * Call a method of the record that has the tracks, after saving the form.
     *
     * @param {String} method
     */
    async actOnRecord(method) {
        const {record} = this;
        const isUnsaved = !record.resId || (await record.isDirty());
        if (!isUnsaved || (await record.save())) {
            // The form's own record has just been created, unless there is another
            const {resModel, resId} = this.place.resId ? this.place : record;
            await this.act(resModel, method, [[resId]]);
        }
    }
}

// By model of a form
const tracksOfForms = new WeakMap();

/**
 * @typedef {Object} TracksSource
 * @property {String} resModel of the record that has the tracks
 * @property {Number|false} resId
 * @property {any} version another one after each reload; none while there is nothing to
 *     read
 */

/**
 * The tracks of a record, shared with the form's other components. The template of the
 * component needs an element with `t-ref="root"`, and the component observes `state`, in
 * which the server's data are `data`.
 *
 * @param {Object} record of the form
 * @param {Function} getSource the {@link TracksSource} of a form's record
 * @returns {TracksData}
 */
export function useTracksData({model: form}, getSource) {
    const model = toRaw(form);
    if (!tracksOfForms.has(model)) {
        tracksOfForms.set(model, new TracksData(useEnv(), model));
    }
    const tracks = tracksOfForms.get(model);
    const root = useRef("root");
    tracks.addComponent(root);
    useRecordObserver((record) => tracks.observe(record, getSource(record)));
    onWillDestroy(() => tracks.removeComponent(root));
    return tracks;
}
