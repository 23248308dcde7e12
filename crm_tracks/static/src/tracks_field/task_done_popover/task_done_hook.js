import {TaskDonePopover} from "./task_done_popover";
import {NOT_BEGUN} from "../../tracks_data/task_states";
import {_t} from "@web/core/l10n/translation";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

const MODEL = "track.run.line";

/**
 * Completes tasks, with a popover for the feedback, the outcomes, and what is missing.
 *
 * @param {Object} params
 * @param {Function} params.act as of `TracksData`
 * @param {Function} params.recheck as of `TracksData`
 * @param {Function} params.onClose called when the popover closes, with its opener
 * @returns {{ask: Function, tick: Function}} functions of (opener, task): `tick`
 *     completes the task at once if it asks for nothing
 */
export function useTaskDone({act, recheck, onClose}) {
    const notification = useService("notification");
    let opener = null;
    const popover = usePopover(TaskDonePopover, {
        position: "bottom",
        onClose: () => onClose(opener),
    });

    const complete = (task, kwargs) => act(MODEL, "action_done", [[task.id]], kwargs);

    async function ask(element, task) {
        opener = element;
        let {completion} = task;
        if (completion && completion.missing.length) {
            // The user may have entered the missing values in the form
            ({completion} = await recheck(task));
        }
        popover.open(opener, {
            completion,
            isAhead: NOT_BEGUN.includes(task.state),
            onDone: (feedback, outcome) =>
                complete(task, outcome ? {feedback, outcome} : {feedback}),
        });
    }

    async function tick(element, task) {
        if (task.completion) {
            return ask(element, task);
        }
        await complete(task, {feedback: ""});
        const close = notification.add(_t("“%s” is done.", task.label), {
            type: "success",
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: () => {
                        close();
                        return act(MODEL, "action_reopen", [[task.id]]);
                    },
                },
            ],
        });
    }

    return {ask, tick};
}
