import {FormArchParser} from "@web/views/form/form_arch_parser";
import {formView} from "@web/views/form/form_view";
import {registry} from "@web/core/registry";

/**
 * The form of a template, whose list of tasks knows all fields of a task.
 *
 * The form of a task folds out below its row, on the same record as the row. Odoo would
 * load the fields of that form later, into a record of its own, for a dialog.
 */
export class TrackTemplateArchParser extends FormArchParser {
    parse() {
        const archInfo = super.parse(...arguments);
        for (const {views, viewMode, widget} of Object.values(archInfo.fieldNodes)) {
            if (widget === "track_tasks" && viewMode === "list" && views.form) {
                this.addNodes(views.list.fieldNodes, views.form.fieldNodes);
                this.addNodes(views.list.widgetNodes, views.form.widgetNodes);
            }
        }
        return archInfo;
    }

    addNodes(nodes, others) {
        for (const [id, node] of Object.entries(others)) {
            nodes[`details_${id}`] = node;
        }
    }
}

registry.category("views").add("track_template_form", {
    ...formView,
    ArchParser: TrackTemplateArchParser,
});
