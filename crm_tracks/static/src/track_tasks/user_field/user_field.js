import {Component, useState} from "@odoo/owl";
import {ModelFieldSelector} from "@web/core/model_field_selector/model_field_selector";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

// A field of the record, and one of the record to which it leads.
const MAX_STEPS = 2;

/**
 * A user field of the record of a task, or of a record to which one of its fields leads.
 */
export class UserField extends Component {
    static template = "crm_tracks.UserField";
    static components = {ModelFieldSelector};
    static props = {...standardFieldProps};

    setup() {
        this.state = useState({refusals: 0});
        this.filter = this.filter.bind(this);
        this.update = this.update.bind(this);
    }

    /** The model of the template, which a task of an unsaved one knows as well. */
    get model() {
        const {record} = this.props;
        return (
            record.evalContext.parent?.target_model ||
            record.data.target_model ||
            record.data.res_model
        );
    }

    get path() {
        return this.props.record.data[this.props.name] || "";
    }

    /** The fields with one user; and those of the record that lead to another one. */
    filter({type, relation}, path, model) {
        const leadsOn = model === this.model;
        return type === "many2one" && (relation === "res.users" || leadsOn);
    }

    /** A field that leads on is no user yet: it is not selected. */
    isUsable(path, fieldDef) {
        const isUser = fieldDef?.relation === "res.users";
        return isUser && path.split(".").length <= MAX_STEPS;
    }

    update(path, {fieldDef}) {
        if (path && !this.isUsable(path, fieldDef)) {
            this.state.refusals++;
            return;
        }
        return this.props.record.update({[this.props.name]: path || false});
    }
}

registry.category("fields").add("track_user_field", {
    component: UserField,
    displayName: _t("User Field"),
    supportedTypes: ["char"],
});
