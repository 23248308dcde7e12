import {PauseDialog} from "./pause_dialog";
import {ResumeDialog} from "./resume_dialog";
import {useService} from "@web/core/utils/hooks";

const MODEL = "track.run";

/**
 * Pauses and resumes tracks, with a dialog where there is something to decide.
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

    function resume(run) {
        if (!run.shift_days) {
            return call("action_resume", run);
        }
        dialog.add(ResumeDialog, {
            name: run.name,
            days: run.shift_days,
            onResume: (shift) => call("action_resume", run, {shift}),
        });
    }

    return {pauseUntil, resume};
}
