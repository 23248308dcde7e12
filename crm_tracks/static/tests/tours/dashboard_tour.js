import {addTour} from "./add_tour";

const CARD = '.o_tracks_overview .o_kanban_record:contains("Overview track")';

/**
 * From the overview to the late tasks, to another assignee of the late track, and to all
 * tasks by assignee in a pivot.
 */
addTour("crm_tracks_dashboard_tour", {
    url: "/odoo/track-overview",
    steps: () => [
        {
            content: "The card says how many tracks run",
            trigger: `${CARD} a[name=action_view_running]:contains("2")`,
        },
        {
            content: "and where they come to a halt",
            trigger: `${CARD}:contains("Late at: Write to them (1)")`,
        },
        {
            content: "Look at a shorter period",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "of 30 days",
            trigger: '.o_filter_menu .o_menu_item:contains("Last 30 Days")',
            run: "click",
        },
        {
            content: "The figures are those of this period",
            trigger: `${CARD} a[name=action_view_done]:contains("0")`,
        },
        {
            content: "and back",
            trigger: ".o_facet_remove:first",
            run: "click",
        },
        {
            content: "to a whole year",
            trigger: `${CARD} a[name=action_view_done]:contains("1")`,
        },
        {
            content: "Look at the late tasks",
            trigger: `${CARD} a[name=action_view_late]:contains("1")`,
            run: "click",
        },
        {
            content: "There is the one",
            trigger: '.o_list_view .o_data_row:contains("Write to them")',
        },
        {
            content: "and no other",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2)))",
        },
        {
            content: "Go back to the overview",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Look at the template task by task",
            trigger: `${CARD} .fs-4`,
            run: "click",
        },
        {
            content: "One is open and late at the first",
            trigger:
                '.o_list_view .o_data_row:contains("Write to them") [name=stat_late]:contains("1")',
        },
        {
            content: "Open this one by its figure",
            trigger:
                '.o_data_row:contains("Write to them") [name=stat_late] button:contains("1")',
            run: "click",
        },
        {
            content: "which shows the one late task, with the day on which it was due",
            trigger:
                '.o_action_manager:has(.o_breadcrumb:contains("Late: Write to them")) .o_data_row [name=date_deadline]:contains("5 days ago")',
        },
        {
            content: "Look at all tracks",
            trigger: '.o_menu_sections button:contains("Tracks")',
            run: "click",
        },
        {
            content: "in their list",
            trigger: '.dropdown-item[data-menu-xmlid="crm_tracks.menu_track_runs"]',
            run: "click",
        },
        {
            content: "The late one shows its current task, and how late it is",
            trigger:
                '.o_data_row:contains("Deal 0"):contains("Write to them"):contains("Tina Tour") [name=days_late]:contains("5")',
        },
        {
            content: "Select it",
            trigger: '.o_data_row:contains("Deal 0") .o_list_record_selector input',
            run: "click",
        },
        {
            content: "to give it to somebody else",
            trigger: "button[name=action_open_reassign]",
            run: "click",
        },
        {
            content: "The dialog shows the track with its record",
            trigger: '.modal .o_data_row:contains("Overview track"):contains("Deal 0")',
        },
        {
            content: "Choose the new assignee",
            trigger: ".modal .o_field_widget[name=user_id] input",
            run: "edit Otto Other",
        },
        {
            content: "from the list",
            trigger: '.o-autocomplete--dropdown-item:contains("Otto Other")',
            run: "click",
        },
        {
            content: "and confirm",
            trigger: ".modal button[name=action_reassign]",
            run: "click",
        },
        {
            content: "A message says what happened",
            trigger:
                '.o_notification:contains("2 tasks of “Overview track” were assigned to Otto Other.")',
        },
        {
            content: "and the list shows it",
            trigger:
                '.o_data_row:contains("Deal 0") [name=current_user_id]:contains("Otto Other")',
        },
        {
            content: "Look at all tasks",
            trigger: '.o_menu_sections button:contains("Tracks")',
            run: "click",
        },
        {
            content: "in the analysis",
            trigger: '.dropdown-item[data-menu-xmlid="crm_tracks.menu_track_analysis"]',
            run: "click",
        },
        {
            content: "which is a pivot of the tasks done, by template",
            trigger: '.o_pivot_view tbody th:contains("Overview track")',
        },
        {
            content: "Open all of it by assignee: close the templates",
            trigger:
                '.o_pivot_view tbody .o_pivot_header_cell_opened:contains("Total")',
            run: "click",
        },
        {
            content: "and choose another group, once they are closed",
            trigger:
                '.o_pivot_view tbody .o_pivot_header_cell_closed:contains("Total")',
            run: "click",
        },
        {
            content: "the assignee",
            trigger: '.o_popover .dropdown-item:contains("Assigned to")',
            run: "click",
        },
        {
            content: "Their tasks are counted",
            trigger: '.o_pivot_view tbody th:contains("Tina Tour")',
        },
    ],
});
