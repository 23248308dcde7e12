import {Component} from "@odoo/owl";
import {ModelFieldSelector} from "@web/core/model_field_selector/model_field_selector";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * A user field of the record of a task, or of a record to which one of its fields leads.
 */
export class UserField extends Component {
    static template = "crm_tracks.UserField";
    static components = {ModelFieldSelector};
    static props = {...standardFieldProps};

    setup() {
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

    /** The fields with one user; and, on the first page, those that lead to a record. */
    filter({type, relation}, path) {
        return type === "many2one" && (relation === "res.users" || !path);
    }

    /** A field that leads on is no user yet: it is not selected. */
    update(path, {fieldDef}) {
        if (path && fieldDef?.relation !== "res.users") {
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
