import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const ROW = ".o_field_widget[name=line_ids] .o_data_row";
const EDITED = ".o_field_widget[name=line_ids] .o_selected_row";

addTour("crm_tracks_tour", {
    steps: () => [
        // An administrator creates a template
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        {
            content: "Open its configuration",
            trigger: '[data-menu-xmlid="crm.crm_menu_config"]',
            run: "click",
        },
        {
            content: "Open the track templates",
            trigger: '[data-menu-xmlid="crm_tracks.menu_track_templates"]',
            run: "click",
        },
        {
            content: "Wait for the templates",
            trigger: '.o_breadcrumb:contains("Track Templates")',
        },
        {
            content: "Write a new one",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour track",
        },
        {
            content: "Add the first task",
            trigger: ".o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Say what to do, and go to the next row",
            trigger: `${EDITED} td[name=summary] input`,
            run: "edit Write to the customer && press Enter",
        },
        {
            content: "Say what to do then",
            trigger: `${EDITED}:nth-child(2) td[name=summary] input`,
            run: "edit Call the customer",
        },
        {
            content: "Two days later",
            trigger: `${EDITED} td[name=delay_count] input`,
            run: "edit 2",
        },
        {
            content: "after the first one is done",
            trigger: `${EDITED} td[name=delay_from] select`,
            run: "select previous",
        },
        {
            content: "That is all",
            trigger: ".o_field_widget[name=name] input",
            run: "click",
        },
        {
            content: "It says what to do",
            trigger: `${ROW}:nth-child(2) td[name=task_text]:contains("Call the customer")`,
        },
        {
            content: "when",
            trigger: `${ROW}:nth-child(2) td[name=due_text]:contains("2 days after Write to the customer")`,
        },
        {
            content: "and who",
            trigger: `${ROW}:nth-child(2) td[name=responsible_text]:contains("owner")`,
        },
        ...stepUtils.saveForm(),
        // A salesperson applies it
        {
            content: "Go to the pipeline",
            trigger: '[data-menu-xmlid="crm.crm_menu_sales"]',
            run: "click",
        },
        {
            content: "My pipeline",
            trigger: '[data-menu-xmlid="crm.menu_crm_opportunities"]',
            run: "click",
        },
        {
            content: "Open the opportunity",
            trigger: '.o_kanban_record:contains("Tour opportunity")',
            run: "click",
        },
        {
            content: "Open its tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "Apply a Track",
            trigger: "button[name=action_tracks_apply]",
            run: "click",
        },
        {
            content: "Choose the template",
            trigger: '.modal .o_track_template:contains("Tour track") input',
            run: "click",
        },
        {
            content: "The dialog shows when its tasks are due",
            trigger:
                '.modal .o_track_preview_row:contains("2 days after “Write to the customer”")',
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The track runs",
            trigger: '.o_tracks_card .o_tracks_count:contains("0 of 2")',
        },
        {
            content: "Its second task waits",
            trigger:
                '.o_tracks_waiting:contains("Call the customer"):contains("2 days after “Write to the customer”")',
        },
        // Complete the first task in the chatter
        {
            content: "The first task is an activity",
            trigger: '.o-mail-Activity:contains("Write to the customer")',
        },
        {
            content: "Mark it as done",
            trigger:
                '.o-mail-Activity:contains("Write to the customer") .o-mail-Activity-markDone',
            run: "click",
        },
        {
            content: "Say how it went",
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit They want a demo",
        },
        {
            content: "Done",
            trigger: '.o-mail-ActivityMarkAsDone button[aria-label="Done"]',
            run: "click",
        },
        {
            content: "The next task is assigned in the chatter",
            trigger: '.o-mail-Activity:contains("Call the customer")',
        },
        {
            content: "and in the tab",
            trigger: '.o_tracks_open:contains("Call the customer")',
        },
        {
            content: "which shows the first one as done",
            trigger:
                '.o_tracks_done:contains("Write to the customer"):contains("They want a demo")',
        },
        // and skip the second task in the tab
        {
            content: "Skip the second task",
            trigger: '.o_tracks_task:contains("Call the customer") .o_tracks_task_menu',
            run: "click",
        },
        {
            content: "by its menu",
            trigger: '.o-dropdown-item:contains("Skip…")',
            run: "click",
        },
        {
            content: "with a reason",
            trigger: ".o_tracks_skip_popover input[name=reason]",
            run: "edit They called us",
        },
        {
            content: "Confirm",
            trigger: ".o_tracks_skip_popover button[name=skip]",
            run: "click",
        },
        {
            content: "The track is done, and folded away",
            trigger: '.o_tracks_ended:contains("1 finished track")',
            run: "click",
        },
        {
            content: "It can still be read",
            trigger: '.o_tracks_card .o_tracks_status:contains("Done")',
        },
    ],
});

addTour("crm_tracks_closing_tour", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        {
            content: "Open the opportunity",
            trigger: '.o_kanban_record:contains("Closing opportunity")',
            run: "click",
        },
        {
            content: "Open its tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "Two tracks run",
            trigger: '.o_tracks_open:contains("Book the room")',
        },
        {
            content: "Its activities are in the chatter",
            trigger: '.o-mail-Activity:contains("Ask for the budget")',
        },
        {
            content: "and in the systray",
            trigger: ".o-mail-ActivityMenu-counter",
        },
        {
            content: "Lose it",
            trigger: ".o_statusbar_buttons button:contains('Lost')",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_lost_reason_apply]",
            run: "click",
        },
        {
            content: "Each card says how many tasks are on hold, and why",
            trigger:
                '.o_tracks_banner:contains("1 task on hold. This opportunity was lost on")',
        },
        {
            content: "What belongs to no track is there as well",
            trigger:
                '.o_tracks_activities:contains("1 activity on hold"):contains("Ask for the budget")',
        },
        {
            content: "They keep their place",
            trigger: '.o_tracks_muted:contains("Book the room")',
        },
        {
            content: "and are gone from the chatter",
            trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity))",
        },
        {
            content: "Open the systray's list",
            trigger: ".o_menu_systray i[aria-label='Activities']",
            run: "click",
        },
        {
            content: "which is empty",
            trigger: ".o-mail-ActivityMenu-empty",
        },
        {
            content: "Close it",
            trigger: ".o_menu_systray i[aria-label='Activities']",
            run: "click",
        },
        {
            content: "Go back to the pipeline",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Look at the activity view",
            trigger: ".o_switch_view.o_activity",
            run: "click",
        },
        {
            content: "Show lost opportunities, too",
            trigger: ".o_activity_view .o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "by the filter",
            trigger: '.o_filter_menu .o_menu_item:contains("Lost")',
            run: "click",
        },
        {
            content: "Nothing is to be done on it",
            trigger:
                '.o_activity_view:has(.o_facet_value:contains("Lost")):not(:contains("Closing opportunity"))',
        },
        {
            content: "It is among the lost ones",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Open it",
            trigger: '.o_kanban_record:contains("Closing opportunity")',
            run: "click",
        },
        {
            content: "Open its tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "Restore it",
            trigger: ".o_statusbar_buttons button:contains('Restore')",
            run: "click",
        },
        {
            content: "The banner goes",
            trigger: ".o_form_view:not(:has(.o_tracks_banner))",
        },
        {
            content: "The tasks are back",
            trigger: '.o_tracks_open:not(.o_tracks_muted):contains("Book the room")',
        },
        {
            content: "and the activities too",
            trigger: '.o-mail-Activity:contains("Ask for the budget")',
        },
    ],
});
