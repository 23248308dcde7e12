import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const card = (name) => `.o_tracks_card[aria-label="${name}"]`;
const task = (name) => `.o_tracks_task:has(.o_tracks_summary:contains("${name}"))`;
const tick = (name) => [
    {
        content: `Tick “${name}”`,
        trigger: `${task(name)} button[name=action_done]`,
        run: "click",
    },
    {
        content: "Done",
        trigger: ".o_tracks_done_popover button[name=done]",
        run: "click",
    },
];
const openTracks = {
    content: "Open the tracks",
    trigger: ".o_notebook a[name=tracks]",
    run: "click",
};

addTour("crm_tracks_series_template_tour", {
    steps: () => [
        {
            content: "Open the options of the template",
            trigger: ".o_notebook a[name=options]",
            run: "click",
        },
        {
            content: "Repeat it",
            trigger: ".o_field_widget[name=repeat_every] input",
            run: "edit 1",
        },
        {
            content: "Leave the number",
            trigger: ".o_field_widget[name=run_hour] input",
            run: "click",
        },
        {
            content: "Months are proposed",
            trigger: ".o_field_widget[name=repeat_unit] input:value(months)",
        },
        ...stepUtils.saveForm(),
        {
            content: "The template says so",
            trigger:
                '.o_field_widget[name=options_text]:contains("Repeats every month")',
        },
    ],
});

addTour("crm_tracks_series_tour", {
    steps: () => [
        openTracks,
        {
            content: "The track says when the next one starts, and has two tasks",
            trigger: `${card("Invoice")}:has(.o_tracks_series:contains("next on")) .o_tracks_count:contains("0 of 2")`,
        },
        ...tick("Collect the hours"),
        ...tick("Send the invoice"),
        {
            content: "All is done, and the track waits for its next one",
            trigger: `${card("Invoice")}:has(.o_tracks_series) .o_tracks_count:contains("2 of 2")`,
        },
        {
            content: "Open its menu",
            trigger: `${card("Invoice")} .o_tracks_menu`,
            run: "click",
        },
        {
            content: "End the series",
            trigger: ".o-dropdown-item:contains(End the Series)",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer .btn-primary:contains(End the Series)",
            run: "click",
        },
        {
            content: "The track is done; look at it",
            trigger: "button.o_tracks_ended:contains(1 finished track)",
            run: "click",
        },
        {
            content: "Nothing follows",
            trigger: `${card("Invoice")}.o_tracks_over:not(:has(.o_tracks_series))`,
        },
    ],
});
