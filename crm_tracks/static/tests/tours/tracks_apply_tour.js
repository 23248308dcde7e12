import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const ROW = ".modal .o_track_preview_row";

/** A command of the palette, once the search has left out all others. */
const searchedCommand = (name) =>
    `.o_command_palette_listbox:not(:has(.o_command:not(:contains("${name}")))) .o_command:contains("${name}")`;

const applyTourTrack = [
    {
        content: "Select the template by its card",
        trigger: '.modal .o_track_template:contains("Tour bulk track") input',
        run: "click",
    },
    {
        content: "It shows what the second task waits for",
        trigger: `${ROW}:contains("Call them"):contains("2 days after “Write to them”")`,
    },
];

addTour("crm_tracks_apply_bulk_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        {
            content: "Look for the opportunities",
            trigger: ".o_searchview_input",
            run: "edit Bulk opportunity",
        },
        {
            content: "by their names",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Go to the list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Twenty of them",
            trigger: '.o_list_view .o_pager_limit:contains("20")',
        },
        {
            content: "Select them all",
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Apply a Track",
            trigger: ".o_control_panel button[name=action_tracks_apply]",
            run: "click",
        },
        {
            content: "The dialog says for how many",
            trigger: '.modal .o_field_widget[name=record_count]:contains("20")',
        },
        ...applyTourTrack,
        {
            content: "Everything is the owner's",
            trigger: `${ROW}:contains("Write to them"):contains("Tina Tour (owner)")`,
        },
        {
            content: "Leave the second task out",
            trigger: `${ROW}:contains("Call them") input[type=checkbox]`,
            run: "click",
        },
        {
            content: "It is left out",
            trigger: `${ROW}.o_track_preview_left_out:contains("Call them"):contains("Left out")`,
        },
        {
            content: "The third one follows the first one now",
            trigger: `${ROW}:contains("Send the offer"):contains("1 day after “Write to them”")`,
        },
        {
            content: "Give the first one to somebody else",
            trigger: `${ROW}:contains("Write to them") .o_track_preview_assignee button`,
            run: "click",
        },
        {
            content: "Look for a colleague",
            trigger: ".o_track_assignee_popover input",
            run: "edit Carl",
        },
        {
            content: "Select the colleague",
            trigger: '.o-autocomplete--dropdown-item:contains("Carl Colleague")',
            run: "click",
        },
        {
            content: "It is the colleague's",
            trigger: `${ROW}:contains("Write to them") .fw-bold:contains("Carl Colleague")`,
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It says what it did",
            trigger:
                '.o_notification:contains("“Tour bulk track” was applied to 20 records.")',
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

const card = (name) => `.o_kanban_record:contains("${name}")`;

const chooseTwentyCards = [
    {
        content: "Select the opportunities by their cards",
        trigger: `.o_kanban_group:has(${card("Bulk opportunity 01")}):has(${card("Bulk opportunity 20")}):not(:has(.o_record_selected))`,
        run() {
            for (const element of this.anchor.querySelectorAll(".o_kanban_record")) {
                element.dispatchEvent(
                    new MouseEvent("click", {altKey: true, bubbles: true})
                );
            }
        },
    },
    {
        content: "Twenty of them, for which there are actions",
        trigger: '.o_selection_box:contains("20") ~ .o_cp_action_menus',
    },
];

/** From the kanban view: for the selected cards, and for a single card. */
addTour("crm_tracks_apply_board_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        ...chooseTwentyCards,
        {
            content: "Open the action menu",
            trigger: '.o_cp_action_menus button:contains("Actions")',
            run: "click",
        },
        {
            content: "Apply a Track",
            trigger: '.o-dropdown--menu .o_menu_item:contains("Apply a Track")',
            run: "click",
        },
        {
            content: "The dialog says for how many",
            trigger: '.modal .o_field_widget[name=record_count]:contains("20")',
        },
        ...applyTourTrack,
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It says what it did",
            trigger:
                '.o_notification:contains("“Tour bulk track” was applied to 20 records.")',
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal)):not(:has(.o_selection_box))",
        },
        ...chooseTwentyCards,
        {
            content: "Open the command palette",
            trigger: "body",
            run: "press Control+k",
        },
        {
            content: "Look for the command",
            trigger: ".o_command_palette_search input",
            run: "edit apply a track",
        },
        {
            content: "It has it as well",
            trigger: searchedCommand("Apply a Track"),
            run: "click",
        },
        {
            content: "for as many; close it again",
            trigger:
                '.modal:has(.o_field_widget[name=record_count]:contains("20")) .btn-close',
            run: "click",
        },
        {
            content: "Open the menu of a card, which shows where the pointer is",
            trigger: `body:not(:has(.modal)) ${card("Bulk opportunity 07")} .o_dropdown_kanban button:not(:visible)`,
            run: "click",
        },
        {
            content: "Apply a track to this opportunity only",
            trigger: '.o-dropdown--menu .dropdown-item:contains("Apply a Track")',
            run: "click",
        },
        {
            content: "Its name stands above",
            trigger:
                '.modal .o_field_widget[name=record_names]:contains("Bulk opportunity 07")',
        },
        ...applyTourTrack,
        {
            content: "which already runs there",
            trigger: '.modal .alert:contains("already running")',
        },
        {
            content: "Apply it all the same",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

addTour("crm_tracks_apply_places_tour", {
    steps: () => [
        {
            content: "The opportunity is open",
            trigger: '.o_form_view .o_breadcrumb:contains("Bulk opportunity 01")',
        },
        {
            content: "Open the command palette",
            trigger: "body",
            run: "press Control+k",
        },
        {
            content: "Look for the command",
            trigger: ".o_command_palette_search input",
            run: "edit apply a track",
        },
        {
            content: "Apply a Track",
            trigger: searchedCommand("Apply a Track"),
            run: "click",
        },
        ...applyTourTrack,
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Its first task is an activity",
            trigger: '.o-mail-Activity:contains("Write to them")',
        },
        {
            content: "Open the dialog of Odoo's activities and plans",
            trigger: ".o-mail-Chatter-activity",
            run: "click",
        },
        {
            content: "Go on to the tracks",
            trigger: ".modal button[name=action_tracks_apply]",
            run: "click",
        },
        ...applyTourTrack,
        {
            content: "It says that this track is already running",
            trigger:
                '.modal .alert:contains("already running"):contains("0 of 3 done")',
        },
        {
            content: "Apply it once more",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The chatter shows both",
            trigger:
                '.o-mail-Chatter:has(.o-mail-Activity:contains("Write to them") ~ .o-mail-Activity:contains("Write to them"))',
        },
        {
            content: "Take the last one back",
            trigger: ".o_notification:last button:contains(Undo)",
            run: "click",
        },
        {
            content: "It says so",
            trigger: '.o_notification:contains("1 track was taken back.")',
        },
        {
            content: "The chatter shows the first one alone",
            trigger:
                '.o-mail-Chatter:has(.o-mail-Activity:contains("Write to them")):not(:has(.o-mail-Activity:contains("Write to them") ~ .o-mail-Activity:contains("Write to them")))',
        },
    ],
});
