import {Worklist} from "./worklist";
import {registry} from "@web/core/registry";

/**
 * Open the first record of some tasks, with the bar that leads to the others.
 *
 * @param {Object} env
 * @param {Object} action its params are `task_ids`, their `entries`, and a `message`
 */
async function workThrough(env, {params}) {
    const {services} = env;
    const worklist = new Worklist(services, params.task_ids, params.entries);
    const [first] = params.entries;
    if (params.message) {
        services.notification.add(params.message, {type: "info"});
    }
    await worklist.open(first);
}

registry.category("actions").add("crm_tracks.work_through", workThrough);
