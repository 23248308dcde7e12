import {addTour} from "./add_tour";

const card = (record) => `.o_kanban_record:contains("${record}")`;
const status = (text) => `.o_track_status:contains("${text}")`;
const stepper = ".o_track_stepper:contains(Sales)";

addTour("crm_tracks_board_tour", {
    steps: () => [
        {
            content: "The card says where its record stands",
            trigger: `${card("Late chairs")} ${status("0/2")}:contains("Call"):contains("3 days late")`,
        },
        {
            content: "The other one, too",
            trigger: `${card("Punctual tables")} ${status("0/2")}:contains("Today")`,
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Show those that are late",
            trigger: '.o_filter_menu .o_menu_item:contains("Late on a Track")',
            run: "click",
        },
        {
            content: "Only that one is left; see it in the list",
            trigger: `.o_kanban_view:has(${card("Late chairs")}):not(:has(${card("Punctual tables")}))`,
        },
        {
            content: "Show the list",
            trigger: ".o_cp_switch_buttons .o_list",
            run: "click",
        },
        {
            content: "The row says where its record stands; open it",
            trigger: `.o_data_row:has(${status("3 days late")}) td[name=name]:contains("Late chairs")`,
            run: "click",
        },
        {
            content:
                "The button and the tab count the track; complete the task by its circle",
            trigger: `.o_form_view:has(button[name=action_tracks_open]:contains("0/2")):has(.o_notebook a[name=tracks]:contains(1)) ${stepper} .o_track_current`,
            run: "click",
        },
        {
            content: "Take it back",
            trigger: ".o_notification:contains(“Call” is done) button:contains(Undo)",
            run: "click",
        },
        {
            content: "It is the current task again; unfold it",
            trigger: `${stepper}:contains("0/2") .o_track_today:contains("Call")`,
            run: "click",
        },
        {
            content: "Complete it where it is unfolded",
            trigger: `${stepper} .o_tracks_task:contains("Call") .o_tracks_tick`,
            run: "click",
        },
        {
            content: "The next task is the current one; open the track",
            trigger: `.o_form_view:has(${stepper} .o_track_today:contains("Write")) button[name=action_tracks_open]:contains("1/2")`,
            run: "click",
        },
        {
            content: "Its form shows the card",
            trigger: '.o_form_view .o_tracks_task:contains("Write")',
        },
    ],
});
