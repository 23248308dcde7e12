import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const field = (name) => `.o_field_widget[name=${name}]`;
const select = (name, label) => [
    {
        content: `Open ${name}`,
        trigger: `${field(name)} input`,
        run: "click",
    },
    {
        content: label,
        trigger: `.o_select_menu_item:contains("${label}")`,
        run: "click",
    },
    {
        // before the next menu opens, which would be rendered anew
        content: `${label} is selected`,
        trigger: `${field(name)} input:value("${label}")`,
    },
];

addTour("crm_tracks_options_tour", {
    steps: () => [
        {
            content: "Open the options of the template",
            trigger: ".o_notebook a[name=options]",
            run: "click",
        },
        ...select("on_reply", "Pause the track"),
        ...select("absence", "stand-in"),
        {
            content: "Remind users of late tasks",
            trigger: `${field("remind_days")} input`,
            run: "edit 2",
        },
        {
            content: "Escalate them later",
            trigger: `${field("escalate_days")} input`,
            run: "edit 4 && press Tab",
        },
        ...select("escalate_how", "Reassign the task"),
        ...stepUtils.saveForm(),
        {
            content: "The template says all of it",
            trigger: `${field("options_text")}:contains("answers"):contains("2"):contains("4")`,
        },
    ],
});
