import {UserField} from "../user_field/user_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const DAYS = ["date", "datetime"];

/**
 * A stored date or datetime of the records to which a template applies.
 */
export class DateField extends UserField {
    filter({type, store}) {
        return DAYS.includes(type) && store;
    }

    isUsable(path, fieldDef) {
        return DAYS.includes(fieldDef?.type) && !path.includes(".");
    }
}

registry.category("fields").add("track_date_field", {
    component: DateField,
    displayName: _t("Date Field"),
    supportedTypes: ["char"],
});
