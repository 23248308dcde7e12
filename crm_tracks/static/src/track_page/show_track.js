import {registry} from "@web/core/registry";
import {router} from "@web/core/browser/router";

export const SHOW_TRACK = "CRM_TRACKS:SHOW";

// The track at which the form that is opened next shows its record
let wanted = null;

/**
 * Let the form that is opened next show its record at this track.
 *
 * @param {Object} place its `run_id`, and `res_model` and `res_id` of the record
 */
export function wantTrack(place) {
    wanted = place;
}

/**
 * Show a track on the form of its record: on the one that is open, or on a new one.
 *
 * @param {Object} env
 * @param {Object} action with the `params` `run_id`, `res_model` and `res_id`
 * @returns {Object} the action that follows
 */
function showTrack(env, {params}) {
    const request = {...params, isShown: false};
    env.bus.trigger(SHOW_TRACK, request);
    if (request.isShown) {
        return {type: "ir.actions.act_window_close"};
    }
    wantTrack(params);
    return {
        type: "ir.actions.act_window",
        res_model: params.res_model,
        res_id: params.res_id,
        views: [[false, "form"]],
    };
}

/**
 * The track at which a form is to show its record, by an action or by the address of
 * the page.
 *
 * @param {Object} record
 * @returns {Number|false}
 */
export function findWantedTrack({resModel, resId}) {
    const {model, resId: id, track_run_id: run_id} = router.current;
    const inAddress = {res_model: model, res_id: id, run_id};
    const found = [wanted, inAddress].find(
        (place) =>
            place?.run_id && place.res_model === resModel && place.res_id === resId
    );
    return found ? found.run_id : false;
}

/**
 * A form is open: those that are opened later show the track no more.
 */
export function forgetWantedTrack() {
    wanted = null;
}

registry.category("actions").add("crm_tracks.show_track", showTrack);
