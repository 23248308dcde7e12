import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatList} from "@web/core/l10n/utils";

/**
 * Whether this feedback is missing, or a required field of the record is empty.
 *
 * @param {Object|false|undefined} completion the server's data on completing a task
 * @param {String|undefined} feedback
 * @returns {Boolean}
 */
export function isRefused(completion, feedback) {
    return Boolean(
        completion &&
            (completion.missing.length ||
                (completion.needs_feedback && !(feedback || "").trim()))
    );
}

/**
 * Says what a task needs before a user can complete it.
 */
export class CompletionNeeds extends Component {
    static template = "crm_tracks.CompletionNeeds";
    static props = {completion: Object};

    get missingText() {
        return _t(
            "Required on the record: %s. Fill in the form and save it first.",
            formatList(this.props.completion.missing)
        );
    }
}
