import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * The templates that are offered after a track, in its form: a button starts each.
 */
export class NextTemplates extends Component {
    static template = "crm_tracks.NextTemplates";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({isStarting: false});
    }

    get templates() {
        return this.props.record.data[this.props.name].records.map((template) => ({
            id: template.resId,
            label: _t("Start “%s”", template.data.display_name),
        }));
    }

    /**
     * Save the form, start this template, and show what is offered then.
     *
     * @param {Number} templateId
     */
    async start(templateId) {
        const {record} = this.props;
        // A second click would ask whether the template is to be started once more
        this.state.isStarting = true;
        try {
            if ((await record.isDirty()) && !(await record.save())) {
                return;
            }
            const args = [[record.resId], templateId];
            const next = await this.orm.call("track.run", "action_start_next", args);
            await this.action.doAction(next, {onClose: () => record.load()});
        } finally {
            this.state.isStarting = false;
        }
    }
}

registry.category("fields").add("track_next_templates", {
    component: NextTemplates,
    displayName: _t("Next Templates"),
    supportedTypes: ["many2many"],
    relatedFields: () => [{name: "display_name", type: "char"}],
});
