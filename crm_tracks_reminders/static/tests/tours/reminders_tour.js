import {addTour} from "@crm_tracks/../tests/tours/add_tour";

const PREFERENCES = ".o_form_view";
const key = (name) =>
    `.o_field_widget[name=track_calendar_key_ids] .o_kanban_record:contains(${name})`;

/**
 * Steps that create a calendar address.
 *
 * @param {String} name of the address
 * @param {Array} proof steps between two of them, by which users prove who they are
 * @returns {Array}
 */
function createAddress(name, proof = []) {
    return [
        {
            content: "Subscribe in a calendar",
            trigger: `${PREFERENCES} button[name=action_subscribe_calendar]`,
            run: "click",
        },
        ...proof,
        {
            content: "Name the address",
            trigger: ".o_dialog .o_field_widget[name=name] input",
            run: `edit ${name}`,
        },
        {
            content: "Create the address",
            trigger: ".o_dialog button[name=make_key]",
            run: "click",
        },
        {
            content: "The address is shown",
            trigger:
                ".o_dialog .o_field_widget[name=address]:contains(/tracks/calendar/)",
        },
        {
            content: "Close the dialog",
            trigger: ".o_dialog footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The address is listed",
            trigger: `body:not(:has(.o_dialog)) ${key(name)}`,
        },
    ];
}

addTour("crm_tracks_reminders", {
    steps: () => [
        {
            content: "Without a selection, the default is shown",
            trigger:
                ".o_field_widget[name=track_digest] [placeholder='Default: No E-Mail']",
            run: "click",
        },
        {
            content: "Select the morning mail",
            trigger: ".o_select_menu_item:contains(On Working Days)",
            run: "click",
        },
        {
            content: "It is selected",
            trigger: ".o_field_widget[name=track_digest] input:value(On Working Days)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Open the page of the calendar",
            trigger: ".o_form_saved .o_notebook a[name=calendar]",
            run: "click",
        },
        ...createAddress("Phone", [
            {
                content: "Enter the password",
                trigger: ".o_dialog .o_field_widget[name=password] input",
                run: "edit tracks_tour",
            },
            {
                content: "Confirm the password",
                trigger: ".o_dialog button[name=run_check]",
                run: "click",
            },
        ]),
        ...createAddress("Laptop"),
        {
            content: "Delete the first address",
            trigger: `${key("Phone")} button[name=remove]`,
            run: "click",
        },
        {
            content: "The second one is left",
            trigger: `.o_form_view:not(:has(${key("Phone")})) ${key("Laptop")}`,
        },
    ],
});
