import {Component, onMounted, status, useRef} from "@odoo/owl";
import {FormRenderer} from "@web/views/form/form_renderer";
import {getTabableElements} from "@web/core/utils/ui";

/** The details of a task, below its row: a form on the record of the row. */
export class TaskDetails extends Component {
    static template = "crm_tracks.TaskDetails";
    static components = {FormRenderer};
    static props = {
        archInfo: Object,
        record: Object,
    };

    setup() {
        this.root = useRef("root");
        onMounted(async () => {
            // after the list, which sets the focus into the row
            await new Promise((resolve) => setTimeout(resolve));
            if (status(this) === "mounted") {
                getTabableElements(this.root.el)[0]?.focus();
            }
        });
    }
}
