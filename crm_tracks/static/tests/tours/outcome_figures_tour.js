import {addTour} from "./add_tour";

const CARD = '.o_tracks_overview .o_kanban_record:contains("Outcome track")';

/**
 * A manager goes from the win rate on a card to the leads that were won or lost, from
 * the outcomes of a task to the tasks, and to the picture of where tracks end.
 */
addTour("crm_tracks_outcome_figures_tour", {
    url: "/odoo/track-overview",
    steps: () => [
        {
            content: "Of two leads with this track that ended, one was won",
            trigger: `${CARD} a[name=action_view_leads_decided]:contains("50%")`,
            run: "click",
        },
        {
            content: "The list has the one that was won",
            trigger: '.o_list_view .o_data_row:contains("Deal 0")',
        },
        {
            content: "and the lost one, though it is archived",
            trigger: '.o_list_view .o_data_row:contains("Deal 1")',
        },
        {
            content: "and no other",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(3)))",
        },
        {
            content: "Go back to the overview",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Open the leads that are open",
            trigger: `${CARD} a[name=action_view_leads_open]:contains("Open leads: 1")`,
            run: "click",
        },
        {
            content: "It is the third",
            trigger:
                '.o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row:contains("Deal 2")',
        },
        {
            content: "Go back",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "and look at the template task by task",
            trigger: `${CARD} .fs-4`,
            run: "click",
        },
        {
            content: "All tracks reached the first one",
            trigger:
                '.o_data_row:contains("Call them") [name=stat_reached]:contains("3")',
        },
        {
            content: "Open the tasks with their outcomes",
            trigger:
                '.o_data_row:contains("Call them") [name=stat_outcomes] button:contains("Reached (1), Refused (1)")',
            run: "click",
        },
        {
            content: "They are grouped by outcome",
            trigger: '.o_list_view .o_group_header:contains("Refused (1)")',
        },
        {
            content: "Go back to the tasks",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "once they are shown,",
            trigger: "[name=stat_outcomes] button",
        },
        {
            content: "and to the overview",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Look where tracks end",
            trigger: `${CARD} a[name=action_view_endings]:contains("Where Tracks End")`,
            run: "click",
        },
        {
            content: "as a graph",
            trigger:
                '.o_action_manager:has(.o_breadcrumb:contains("Where Tracks End: Outcome track")) .o_graph_view canvas',
        },
        {
            content: "or as a list",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "The track that was refused ended at the first task",
            trigger: '.o_list_view .o_data_row:contains("Call them")',
        },
        {
            content: "and no other track has ended",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-child(2)))",
        },
    ],
});
