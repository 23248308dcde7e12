import {FormController} from "@web/views/form/form_controller";
import {WorkBar} from "./work_bar";
import {getWorklist} from "./worklist";
import {patch} from "@web/core/utils/patch";
import {status} from "@odoo/owl";

/**
 * The forms that a worklist opens have its bar.
 */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        this.trackWorklist = getWorklist(this.props.resIds);
        // Not in `components`, of which the controllers of other addons have copies
        this.trackWorkBar = WorkBar;
    },

    get modelParams() {
        const params = super.modelParams;
        const {onRootLoaded} = params.hooks;
        params.hooks.onRootLoaded = async (root) => {
            // Whatever completes a task of the record, its form is loaded again
            if (this.trackWorklist && status(this) === "mounted") {
                this.trackWorklist.refresh();
            }
            await onRootLoaded?.(root);
        };
        return params;
    },

    /**
     * Open another record of the pager, saving this one.
     *
     * @param {Number} resId
     */
    onTrackPage(resId) {
        const {resIds} = this.model.root;
        return this.onPagerUpdate({offset: resIds.indexOf(resId), resIds});
    },
});
