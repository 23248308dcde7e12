import {Component} from "@odoo/owl";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {STATIC_ACTIONS_GROUP_NUMBER} from "@web/search/action_menus/action_menus";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

/**
 * The entry of the cog menu of the list of templates that opens the import of track
 * definitions, below Odoo's own import.
 *
 * As a button it would leave no room for the heading of the list.
 */
export class MovingInMenu extends Component {
    static template = "crm_tracks.MovingInMenu";
    static components = {DropdownItem};
    static props = {};

    setup() {
        this.action = useService("action");
    }

    open() {
        this.action.doAction("crm_tracks.track_moving_in_action");
    }
}

registry.category("cogMenu").add(
    "crm_tracks.moving_in",
    {
        Component: MovingInMenu,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: ({config, searchModel}) =>
            searchModel?.resModel === "track.template" &&
            config.viewType === "list" &&
            user.hasGroup("crm_tracks.group_track_manager"),
    },
    {sequence: 2}
);
