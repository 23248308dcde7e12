import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// The models for which the command palette offers to apply a track in forms and kanban
// views. In lists it finds the button of the header, which has a hotkey.
export const trackModels = registry.category("crm_tracks.models");
trackModels.add("crm.lead", true);
trackModels.add("res.partner", true);

registry.category("command_provider").add("crm_tracks", {
    provide: (env) => {
        const controller = env.services.action.currentController;
        const model = controller?.props?.resModel;
        const resId = controller?.currentState?.resId || controller?.props?.resId;
        const isForm = controller?.view?.type === "form";
        if (!isForm || !resId || !trackModels.contains(model)) {
            return [];
        }
        return [
            {
                name: _t("Apply a Track"),
                action: () =>
                    env.services.action.doAction("crm_tracks.track_apply_action", {
                        additionalContext: {
                            default_res_model: model,
                            default_res_ids: [resId],
                        },
                        onClose: () => env.services.action.doAction("soft_reload"),
                    }),
            },
        ];
    },
});
