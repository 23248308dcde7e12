import {reactive, toRaw} from "@odoo/owl";
import {wantTrack} from "../track_page/show_track";

// By the list of records of a pager
const worklists = new WeakMap();

/**
 * The tasks that a user works through: their records, one after the other.
 *
 * Only the forms that it opens know it, by the list of records of their pager: no other
 * form shows it, and it ends with the last of them.
 */
export class Worklist {
    /**
     * @param {Object} services `action` and `orm`
     * @param {Number[]} taskIds
     * @param {Object[]} entries the records, as of `get_worklist`
     */
    constructor({action, orm}, taskIds, entries) {
        this.services = {action, orm};
        this.taskIds = taskIds;
        this.readings = 0;
        this.state = reactive({entries, isLeft: false});
        // A task that was moved or reassigned since is dealt with
        this.start = new Map(
            entries.flatMap(({tasks}) => tasks).map((task) => [task.id, task])
        );
        // One list for each model, as a pager has records of one model
        this.pagers = {};
        for (const {model, id} of entries) {
            this.pagers[model] ||= [];
            this.pagers[model].push(id);
        }
        Object.values(this.pagers).forEach((resIds) => worklists.set(resIds, this));
    }

    /**
     * Read again what is left of the tasks. Nothing is left of those that the user can
     * read no more; their records keep their places.
     */
    async refresh() {
        const {orm} = this.services;
        const reading = ++this.readings;
        const entries = await orm.silent.call("track.run.line", "get_worklist", [
            this.taskIds,
        ]);
        if (reading === this.readings) {
            this.state.entries = this.state.entries.map(
                (entry) =>
                    entries.find(
                        ({model, id}) => model === entry.model && id === entry.id
                    ) || {
                        ...entry,
                        tasks: entry.tasks.map((task) => ({...task, left: false})),
                    }
            );
        }
    }

    /**
     * Open the record of an entry at its track.
     *
     * @param {Object} entry
     * @param {Object} [options] of the action service
     */
    async open(entry, options = {}) {
        const {model, id} = entry;
        const place = this.getTrackPlace(entry);
        if (place) {
            wantTrack(place);
        }
        await this.services.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            },
            {props: {resId: id, resIds: this.pagers[model]}, ...options}
        );
    }

    /**
     * @param {Object} entry
     * @returns {Object|false} where its form shows which track, if it shows tracks
     */
    getTrackPlace(entry) {
        const [task] = [...this.getLeft(entry), ...entry.tasks];
        return (
            entry.on_form && {
                run_id: task.run_id,
                res_model: entry.model,
                res_id: entry.id,
            }
        );
    }

    /**
     * @param {Object} entry
     * @returns {Object[]} its tasks that are still to be done
     */
    getLeft({tasks}) {
        return tasks.filter((task) => {
            const {date, user_id} = this.start.get(task.id);
            return task.left && task.date === date && task.user_id === user_id;
        });
    }

    /**
     * @param {String} model
     * @param {Number|false} id
     * @returns {Number} the place of this record, -1 if it is not in the list
     */
    getPlace(model, id) {
        return this.state.entries.findIndex(
            (entry) => entry.model === model && entry.id === id
        );
    }

    /**
     * @param {Number} place of a record
     * @returns {Object|undefined} the next record with a task that is left: a later one,
     *     otherwise one that was passed over
     */
    getNext(place) {
        const {entries} = this.state;
        const others = [...entries.slice(place + 1), ...entries.slice(0, place)];
        return others.find((entry) => this.getLeft(entry).length);
    }
}

/**
 * @param {Number[]} [resIds] the records of a form's pager
 * @returns {Worklist|undefined} the one that opened the form
 */
export function getWorklist(resIds) {
    return resIds && worklists.get(toRaw(resIds));
}
