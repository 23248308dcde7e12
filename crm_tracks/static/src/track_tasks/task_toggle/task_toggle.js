import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** The button at the end of a row that folds the details of its task out and in. */
export class TaskToggle extends Component {
    static template = "crm_tracks.TaskToggle";
    static props = {...standardWidgetProps};

    setup() {
        // read here, so that the button is rendered again when details fold out or in
        this.unfolded = useState(this.env.trackTasks.unfolded);
    }

    get isUnfolded() {
        return this.env.trackTasks.isUnfolded(this.props.record, this.unfolded.id);
    }

    get title() {
        return this.isUnfolded ? _t("Hide details") : _t("Show details");
    }

    toggle() {
        this.env.trackTasks.toggle(this.props.record);
    }

    onKeydown(ev) {
        // a button is clicked by Enter and space, and Tab goes on to the details
        const isOfBrowser =
            ["Enter", " "].includes(ev.key) ||
            (ev.key === "Tab" && !ev.shiftKey && this.isUnfolded);
        if (!isOfBrowser) {
            this.env.trackTasks.onKeydown(ev, this.props.record);
        }
    }
}

registry.category("view_widgets").add("track_task_toggle", {
    component: TaskToggle,
    listViewWidth: 28,
});
