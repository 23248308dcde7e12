import {registry} from "@web/core/registry";

// In milliseconds, as long as a step may say. Odoo's ten seconds are too short for a
// machine that is busy with other things.
const PATIENCE = 60000;

/**
 * Register a tour that waits for what it wants to see, however slow the machine is.
 *
 * @param {String} name
 * @param {Object} tour as Odoo's registry takes it
 */
export function addTour(name, tour) {
    registry.category("web_tour.tours").add(name, {
        ...tour,
        steps: () => tour.steps().map((step) => ({timeout: PATIENCE, ...step})),
    });
}
