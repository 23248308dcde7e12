import {Component} from "@odoo/owl";

/**
 * Why a card's tasks are on hold, with the button that brings them back.
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
