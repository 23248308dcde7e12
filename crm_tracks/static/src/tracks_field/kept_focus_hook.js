import {onPatched, useExternalListener} from "@odoo/owl";

const FIRST = "button[name=action_done], button[name=action_reopen]";

/**
 * Keeps the keyboard focus nearby when the pressed button is removed: the focus moves
 * to another button of the same task, track or tab.
 *
 * @param {{el: HTMLElement}} root a ref to the tab
 */
export function useKeptFocus(root) {
    let focused = null;
    let places = [];
    useExternalListener(window, "focusin", ({target}) => {
        if (root.el?.contains(target)) {
            const task = target.closest("[data-task-id]");
            const run = target.closest("[data-run-id]");
            focused = target;
            places = [
                task && `[data-task-id="${task.dataset.taskId}"]`,
                run && `[data-run-id="${run.dataset.runId}"]`,
            ].filter(Boolean);
        }
    });
    onPatched(() => {
        const isLost = document.activeElement === document.body;
        if (!focused || focused.isConnected || !isLost || !root.el) {
            return;
        }
        focused = null;
        const place =
            places.map((selector) => root.el.querySelector(selector)).find(Boolean) ||
            root.el;
        (place.querySelector(FIRST) || place.querySelector("button"))?.focus();
    });
}
