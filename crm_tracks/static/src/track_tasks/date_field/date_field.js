import {PathField} from "../../path_field/path_field";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

const DAYS = ["date", "datetime"];

/**
 * A stored date or datetime of the records to which a template applies.
 */
export class DateField extends PathField {
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
