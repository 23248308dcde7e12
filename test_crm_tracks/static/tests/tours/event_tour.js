import {addTour} from "@crm_tracks/../tests/tours/add_tour";

addTour("test_crm_tracks_event_tour", {
    steps: () => [
        {
            content: "The event is open",
            trigger: '.o_form_view .o_breadcrumb:contains("Tour fair")',
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
        {
            content: "Choose the template by its card",
            trigger: '.modal .o_track_template:contains("Tour event track …") input',
            run: "click",
        },
        {
            content: "The first day of the event is proposed",
            trigger: '.modal .o_field_widget[name=end_date]:contains("2031")',
        },
        {
            content: "The task is dated back from it",
            trigger: '.modal .o_track_preview_row:contains("Open the doors")',
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Its task is an activity of the event",
            trigger: '.o-mail-Activity:contains("Open the doors")',
        },
        // The form has no Tracks tab, so the chatter shows the track
        {
            content: "Fold the tracks",
            trigger: ".o_chatter_tracks button[name=fold_tracks][aria-expanded=true]",
            run: "click",
        },
        {
            content: "They are counted; follow the link of the activity",
            trigger:
                '.o-mail-Chatter:has(button[name=fold_tracks] .badge) .o-mail-Activity:contains("Open the doors") .o_track_heading a',
            run: "click",
        },
        {
            content: "It unfolds the track on the same form; complete its task",
            trigger:
                '.o_chatter_tracks .o_tracks_shown .o_tracks_task:contains("Open the doors") button[name=tick]',
            run: "click",
        },
        {
            content: "The track is finished, and so is the activity",
            trigger:
                '.o-mail-Chatter:not(:has(.o-mail-Activity:contains("Open the doors"))) .o_tracks_ended',
            run: "click",
        },
        {
            content: "It can still be seen",
            trigger: '.o_chatter_tracks .o_tracks_card:contains("Tour event track")',
        },
    ],
});
