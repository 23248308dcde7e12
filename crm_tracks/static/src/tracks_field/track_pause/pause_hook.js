import {PauseDialog} from "./pause_dialog";
import {useService} from "@web/core/utils/hooks";

const MODEL = "track.run";

/**
 * Pauses tracks, at once or until a day, and resumes them.
 *
 * @param {Object} params
 * @param {Function} params.act as of `TracksData`
 * @returns {{pauseUntil: Function, resume: Function}} functions of the track
 */
export function useTrackPause({act}) {
    const dialog = useService("dialog");
    const call = (method, run, kwargs) => act(MODEL, method, [[run.id]], kwargs);

    function pauseUntil(run) {
        dialog.add(PauseDialog, {
            name: run.name,
            onPause: (until) => call("action_pause", run, {until}),
        });
    }

    // Opens a dialog where there is something to decide
    const resume = (run) => call("action_open_resume", run);

    return {pauseUntil, resume};
}
