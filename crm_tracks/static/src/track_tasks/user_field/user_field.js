import {PathField} from "../../path_field/path_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// A field of the record, and one of the record to which it leads.
const MAX_STEPS = 2;

/**
 * A user field of the record of a task, or of a record to which one of its fields leads.
 */
export class UserField extends PathField {
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
}

registry.category("fields").add("track_user_field", {
    component: UserField,
    displayName: _t("User Field"),
    supportedTypes: ["char"],
});
