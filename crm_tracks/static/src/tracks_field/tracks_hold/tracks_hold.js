import {Component} from "@odoo/owl";

/**
 * The reason why a card's tasks are on hold, with the button that reactivates them.
 */
export class TracksHold extends Component {
    static template = "crm_tracks.TracksHold";
    static props = {
        text: String,
        reopening: {type: [Object, Boolean], optional: true}, // {method, label}
        onReopen: Function,
        canResume: {type: Boolean, optional: true},
        onResume: {type: Function, optional: true},
    };
}
