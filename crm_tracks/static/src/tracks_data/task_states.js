import {deserializeDate, today} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";

/** The states of tracks that have ended. */
export const ENDED = ["done", "stopped"];
/** The states of tasks whose turn has not come. */
export const NOT_BEGUN = ["waiting", "planned"];
/** Those of unfinished tasks, in the order by which one is the current task of a track. */
export const UNFINISHED = ["open", "failed", "planned", "waiting"];

const SIGNS = {
    waiting: "fa-hourglass-o text-muted",
    planned: "fa-calendar-o text-muted",
    open: "fa-circle-o text-primary",
    done: "fa-check-circle text-success",
    skipped: "fa-step-forward text-muted",
    cancelled: "fa-ban text-muted",
    failed: "fa-exclamation-triangle text-danger",
};

/**
 * @param {Object} task the server's data
 * @returns {String} the icon of its state
 */
export function getSign(task) {
    if (task.muted) {
        return "fa-pause-circle text-muted";
    }
    if (task.urgency === "late") {
        return "fa-exclamation-circle text-danger";
    }
    return SIGNS[task.condition_waits ? "waiting" : task.state];
}

/**
 * @param {Object} task
 * @returns {String} its state as text, for screen readers
 */
export function getSignLabel(task) {
    return task.urgency === "late" ? _t("Late") : task.status;
}

/**
 * @param {Object} task
 * @returns {String} the classes of its due date
 */
export function getDueClass(task) {
    const urgent = {late: "text-danger fw-bold", today: "text-warning fw-bold"};
    return (
        urgent[task.urgency] || (task.state === "failed" ? "text-danger" : "text-muted")
    );
}

/**
 * @param {Object} task
 * @returns {Boolean} whether its turn has not come yet
 */
export function isAhead({state, date_deadline: day}) {
    return (
        state === "waiting" ||
        (state === "planned" && Boolean(day) && deserializeDate(day) > today())
    );
}

/**
 * @param {Object} task
 * @returns {Boolean} whether it starts the next track of a series: it comes behind all
 * other tasks, and does not count as one of them
 */
export function isSeriesTask(task) {
    return task.action === "repeat";
}

/**
 * @param {Object} run
 * @returns {Object|undefined} the current task, the same one as on boards and in lists
 */
export function getCurrentTask(run) {
    const state = UNFINISHED.find((place) =>
        run.tasks.some((task) => task.state === place)
    );
    const tasks = run.tasks.filter((task) => task.state === state);
    const dated = tasks
        .filter((task) => task.date_deadline && state !== "waiting")
        .sort((a, b) => a.date_deadline.localeCompare(b.date_deadline));
    return dated[0] || tasks[0];
}
