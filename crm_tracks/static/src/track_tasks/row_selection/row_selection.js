import {
    FilterableSelectionField,
    filterableSelectionField,
} from "@web/views/fields/selection/filterable_selection_field";
import {registry} from "@web/core/registry";

/**
 * A selection in a row that is written by keyboard: the select of the browser.
 *
 * Letters and arrows select an option at once. In Odoo's own menu they search, and Enter
 * goes to the next row of a list without selecting anything.
 */
export class RowSelection extends FilterableSelectionField {
    static template = "crm_tracks.RowSelection";
}

registry.category("fields").add("track_row_selection", {
    ...filterableSelectionField,
    component: RowSelection,
    additionalClasses: ["o_field_selection"],
});
