import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

/**
 * Says what was applied, in a notification that leads to the new tracks, and takes them
 * back.
 *
 * @param {Object} env
 * @param {Object} action its params are `type` and `message` of the notification, and
 *     `run_ids`
 * @returns {Object} the action that closes the dialog
 */
function showApplied(env, {params}) {
    const {action, notification, orm} = env.services;
    const runIds = params.run_ids;
    let close = null;
    const open = () => {
        close();
        const isOne = runIds.length === 1;
        return action.doAction({
            type: "ir.actions.act_window",
            name: _t("Started Tracks"),
            res_model: "track.run",
            ...(isOne ? {res_id: runIds[0]} : {domain: [["id", "in", runIds]]}),
            views: isOne
                ? [[false, "form"]]
                : [
                      [false, "list"],
                      [false, "form"],
                  ],
        });
    };
    const takeBack = async () => {
        close();
        const message = await orm.call("track.run", "action_take_back", [runIds]);
        notification.add(message, {type: "success"});
        await action.doAction("soft_reload");
    };
    close = notification.add(params.message, {
        type: params.type,
        sticky: params.type === "warning",
        buttons: [
            {name: _t("Open"), onClick: open},
            {name: _t("Undo"), onClick: takeBack},
        ],
    });
    return {type: "ir.actions.act_window_close"};
}

registry.category("actions").add("crm_tracks_applied", showApplied);
