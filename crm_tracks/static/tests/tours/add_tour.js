import {registry} from "@web/core/registry";

// The maximum timeout of a step, in milliseconds. Odoo's ten seconds are too short for a
// busy machine.
const PATIENCE = 60000;

/**
 * Register a tour whose steps wait for their trigger, also on a slow machine.
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
