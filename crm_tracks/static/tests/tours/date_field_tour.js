import {addTour} from "./add_tour";
import {stepUtils} from "@web_tour/tour_utils";

const card = (name) => `.o_tracks_card[aria-label="${name}"]`;
const FOLLOWS = '.o_tracks_date_field:contains("follows “Expected Closing”")';
const ends = (day) => `${card("Signing")} button[name=period]:contains("${day}")`;
const item = (label) => `.o-dropdown-item:contains("${label}")`;
const openMenu = {
    content: "Open the menu of the track",
    trigger: `${card("Signing")} .o_tracks_menu`,
    run: "click",
};

/** Enter another Expected Closing, and save the opportunity. */
const close = (day) => [
    {
        content: "Click the expected closing",
        trigger: ".o_field_widget[name=date_deadline] button",
        run: "click",
    },
    {
        content: "Enter another day",
        trigger: ".o_field_widget[name=date_deadline] input",
        run: `edit ${day} && press Enter`,
    },
    ...stepUtils.saveForm(),
];

addTour("crm_tracks_date_field_template_tour", {
    steps: () => [
        {
            content: "Open the options of the template",
            trigger: ".o_notebook a[name=options]",
            run: "click",
        },
        {
            content: "Select the field that its tracks follow",
            trigger: ".o_field_widget[name=date_field] .o_model_field_selector",
            run: "click",
        },
        {
            content: "Search for the field",
            trigger: ".o_model_field_selector_popover input",
            run: "edit Expected Closing",
        },
        {
            content: "Expected Closing",
            trigger:
                ".o_model_field_selector_popover_item[data-name=date_deadline] button",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "The template says so",
            trigger: '.o_field_widget[name=options_text]:contains("Expected Closing")',
        },
    ],
});

addTour("crm_tracks_date_field_tour", {
    steps: () => [
        {
            content: "Open the tracks",
            trigger: ".o_notebook a[name=tracks]",
            run: "click",
        },
        {
            content: "The track follows the expected closing",
            trigger: `${card("Signing")}:has(${FOLLOWS})`,
        },
        {content: "It ends on that day", trigger: ends("06/10/2099")},
        ...close("06/17/2099"),
        {content: "It follows", trigger: ends("06/17/2099")},
        // By hand: from then on, it does not follow
        openMenu,
        {content: "Unlink it", trigger: item("Unlink Date"), run: "click"},
        {
            content: "It does not follow any more",
            trigger: `${card("Signing")}:not(:has(.o_tracks_date_field))`,
        },
        ...close("06/24/2099"),
        {content: "It stays", trigger: ends("06/17/2099")},
        openMenu,
        {content: "Link it again", trigger: item("Link Date"), run: "click"},
        {
            content: "It has the date of the field, and follows",
            trigger: `${card("Signing")}:has(${FOLLOWS}):has(button[name=period]:contains("06/24/2099"))`,
        },
    ],
});
