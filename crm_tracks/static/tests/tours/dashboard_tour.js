import {addTour} from "./add_tour";

const CARD = '.o_tracks_overview .o_kanban_record:contains("Overview track")';

/** From the overview to the late tasks, and to all tasks by assignee in a pivot. */
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
            trigger: `${CARD} a[name=action_view_late]:contains("1 late")`,
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
