import {ActionMenus} from "@web/search/action_menus/action_menus";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {trackModels} from "../command_palette";
import {useCommand} from "@web/core/commands/command_hook";

/**
 * “Apply a Track” in the command palette, for the selected cards of a kanban view. (In
 * lists the palette finds the button of the header, which has a hotkey.)
 */
export class ApplyCommand extends Component {
    static template = "crm_tracks.ApplyCommand";
    static props = {
        resModel: String,
        onApply: Function,
    };

    setup() {
        useCommand(_t("Apply a Track"), () => this.props.onApply(), {
            category: "smart_action",
            isAvailable: () =>
                this.env.config.viewType === "kanban" &&
                trackModels.contains(this.props.resModel),
        });
    }
}

Object.assign(ActionMenus.components, {ApplyCommand});
