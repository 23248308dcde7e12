import {TaskMovePopover} from "./task_move_popover";
import {UNFINISHED} from "../../tracks_data/task_states";
import {_t} from "@web/core/l10n/translation";
import {useEffect} from "@odoo/owl";
import {usePopover} from "@web/core/popover/popover_hook";
import {useService} from "@web/core/utils/hooks";

const MODEL = "track.run.line";

/**
 * Whether tasks behind this task have dates, which could move with it.
 *
 * @param {Object} task
 * @param {Object} run its track
 * @returns {Boolean}
 */
function hasFollowers(task, run) {
    const index = run.tasks.findIndex(({id}) => id === task.id);
    return (
        Boolean(task.date_deadline) &&
        run.tasks
            .slice(index + 1)
            .some(
                (other) =>
                    other.date_deadline &&
                    !other.condition_waits &&
                    UNFINISHED.includes(other.state)
            )
    );
}

/**
 * Moves tasks. A date is saved at once; a popover then offers to move the tasks behind,
 * and a notification to take that back.
 *
 * @param {Object} params
 * @param {Function} params.act as of `TracksData`
 * @param {Function} params.getTarget the element that shows the date, if it is shown
 * @returns {Function} of (task, run, day): `day` is ISO, or false for no date
 */
export function useTaskMove({act, getTarget}) {
    const notification = useService("notification");
    const orm = useService("orm");
    const popover = usePopover(TaskMovePopover, {
        position: "bottom",
        onClose: () => getTarget()?.focus(),
    });

    // The date is shown again, in place of its input, after it was saved
    let offer = null;
    useEffect(() => {
        const target = getTarget();
        if (offer && target) {
            popover.open(target, offer);
            offer = null;
        }
    });

    async function moveBack(undo) {
        const result = await act(MODEL, "action_move_back", [undo]);
        if (result.left_out.length) {
            const reasons = result.left_out.map(({reason}) => reason);
            notification.add(reasons.join("\n"), {type: "warning"});
        }
    }

    async function moveFollowers(task, day, undo) {
        const args = [[task.id], day];
        const result = await act(MODEL, "action_move", args, {following: true, undo});
        const {length} = result.moved;
        const message =
            length === 1 ? _t("1 task was moved.") : _t("%s tasks were moved.", length);
        const close = notification.add(message, {
            type: "success",
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: () => {
                        close();
                        return moveBack(result.undo);
                    },
                },
            ],
        });
    }

    /**
     * @param {Object} task
     * @param {String} day
     * @returns {Promise<Object|null>} null if the tasks behind cannot follow
     */
    async function loadPreview(task, day) {
        try {
            return await orm.call(MODEL, "get_move_preview", [[task.id], day]);
        } catch {
            return null; // If the task cannot have the date, saving it says so
        }
    }

    return async (task, run, day) => {
        const preview =
            day && hasFollowers(task, run) && (await loadPreview(task, day));
        if (!preview || !preview.moved.length) {
            return act(MODEL, "write", [[task.id], {date_deadline: day}]);
        }
        const {undo} = await act(MODEL, "action_move", [[task.id], day]);
        offer = {
            label: task.label,
            day,
            preview,
            onMove: () => moveFollowers(task, day, undo),
            onUndo: () => moveBack(undo),
        };
    };
}
