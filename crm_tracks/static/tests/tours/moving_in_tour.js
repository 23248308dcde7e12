import {addTour} from "./add_tour";

const DEFINITIONS = {
    trackDefinitions: [
        {
            id: 41,
            description: "After the fair",
            captureRule: "OPPORTUNITY",
            direction: "START_DATE",
            taskDefinitions: [
                {description: "Call", daysAfterRule: "TRACK_START", daysAfter: 1},
                {
                    description: "Send the offer",
                    daysAfterRule: "LAST_TASK",
                    daysAfter: 2,
                    category: {name: "Pigeon"},
                },
            ],
        },
        {id: 42},
    ],
};
const ROW = ".modal .o_field_widget[name=line_ids] .o_data_row";

/** The steps that open the dialog, upload the file and show the preview. */
function preview() {
    return [
        {
            content: "Open the menu of the cog",
            trigger: ".o_control_panel .o_cp_action_menus button",
            run: "click",
        },
        {
            content: "Open the dialog",
            trigger: ".o_tracks_moving_in",
            run: "click",
        },
        {
            content: "Upload Capsule's definitions",
            trigger: ".modal .o_field_widget[name=file] input[type=file]:not(:visible)",
            async run() {
                const input = this.anchor;
                const file = new File([JSON.stringify(DEFINITIONS)], "capsule.json", {
                    type: "application/json",
                });
                const transfer = new DataTransfer();
                transfer.items.add(file);
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", {bubbles: true}));
            },
        },
        {
            content: "The file was taken",
            trigger: '.modal .o_field_widget[name=file] input:value("capsule.json")',
        },
        {
            content: "Look at what would be created",
            trigger: ".modal button[name=action_preview]",
            run: "click",
        },
    ];
}

addTour("crm_tracks_moving_in_tour", {
    steps: () => [
        ...preview(),
        {
            content: "The template with its tasks, and what is not taken over",
            trigger: `${ROW}:contains("After the fair"):contains("Day 1 · Call · owner"):contains("no activity type “Pigeon”")`,
        },
        {
            content: "A definition of which no template can be made, and why",
            trigger: `${ROW}:contains("Entry 2 has no name")`,
        },
        {
            content: "Create the template",
            trigger: ".modal button[name=action_make]",
            run: "click",
        },
        {
            content: "It is opened",
            trigger:
                'body:not(:has(.modal)) .o_form_view .o_field_widget[name=name] input:value("After the fair")',
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        ...preview(),
        {
            content: "It exists already",
            trigger: `${ROW}:contains("After the fair"):contains("Unchanged since the last import")`,
        },
        {
            content: "There is nothing to create",
            trigger: ".modal-footer:not(:has(button[name=action_make]))",
        },
        {
            content: "Close the dialog",
            trigger: ".modal button[special=cancel]",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: "body:not(:has(.modal)) .o_list_view",
        },
    ],
});
