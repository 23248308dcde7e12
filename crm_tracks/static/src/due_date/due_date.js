import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import {_t} from "@web/core/l10n/translation";
import {evaluateBooleanExpr} from "@web/core/py_js/py";
import {registry} from "@web/core/registry";

/**
 * The remaining days until a due date, in the words and the style of dates of the tab.
 *
 * The standard widget calls a day of the next week "next month", and colors the dates
 * of tracks on hold, where nothing is late. The option `live` is a condition on the
 * record: where it is false, the date has no color.
 */
export class DueDateField extends RemainingDaysField {
    static props = {...RemainingDaysField.props, live: {type: String, optional: true}};

    get diffString() {
        const days = this.diffDays;
        if (days === null) {
            return "";
        }
        if (Math.abs(days) > 99) {
            return this.numericValue;
        }
        if (days < -1) {
            return _t("%s days ago", -days);
        }
        if (days > 1) {
            return _t("In %s days", days);
        }
        return [_t("Yesterday"), _t("Today"), _t("Tomorrow")][days + 1];
    }

    get classNames() {
        const {live, record} = this.props;
        const isLive = !live || evaluateBooleanExpr(live, record.evalContext);
        return isLive ? super.classNames : null;
    }
}

registry.category("fields").add("tracks_due_date", {
    ...remainingDaysField,
    component: DueDateField,
    displayName: _t("Due Date"),
    supportedTypes: ["date"],
    extractProps: (fieldInfo) => ({
        ...remainingDaysField.extractProps(fieldInfo),
        live: fieldInfo.options.live,
    }),
});
