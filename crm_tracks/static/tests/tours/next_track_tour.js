import {addTour} from "./add_tour";

const card = (name) => `.o_tracks_card[aria-label="${name}"]`;

addTour("crm_tracks_next_track_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "The track that is done offers what comes next",
            trigger: `${card("Sales")} button[name=start_next]:contains("Start “Renewal”")`,
            run: "click",
        },
        {
            content: "The next track runs, and says after which one",
            trigger: `${card("Renewal")}:contains("after “Sales”")`,
        },
        {
            content: "It is not offered again",
            trigger: `${card("Sales")}:not(:contains("Start “Renewal”"))`,
        },
        {
            content: "The note in the chatter offers all; one needs an end date",
            trigger: '.o-mail-Message a.o_tracks_next:contains("Start “Event …”")',
            run: "click",
        },
        {
            content: "Enter the end date",
            trigger: ".modal .o_field_widget[name=end_date] input",
            run: "edit 12/31/2099",
        },
        {
            content: "Leave the date",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "click",
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The second next track runs, too",
            trigger: `${card("Event")}:contains("after “Sales”")`,
        },
        {
            content: "Open the menu of the track that is done",
            trigger: `${card("Sales")} .o_tracks_menu`,
            run: "click",
        },
        {
            content: "Open its form",
            trigger: '.o-dropdown-item:contains("Open Track")',
            run: "click",
        },
        {
            content: "It offers what is left",
            trigger:
                '.o_form_view .o_field_widget[name=offered_template_ids]:not(:has(button:contains("Renewal"))) button:contains("Start “Survey”")',
            run: "click",
        },
        {
            content: "The third next track was started",
            trigger: '.o_notification:contains("“Survey” was started.")',
        },
        {
            content: "Nothing is offered any more",
            trigger: ".o_form_view:not(:has(button[name=start_next]))",
        },
    ],
});
