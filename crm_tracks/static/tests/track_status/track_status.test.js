import {describe, expect, test} from "@odoo/hoot";
import {queryAllTexts, queryOne} from "@odoo/hoot-dom";
import {
    defineModels,
    defineParams,
    fields,
    models,
    mountView,
    serverState,
} from "@web/../tests/web_test_helpers";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("headless");

const makeStatus = (values) => ({
    count: 1,
    progress: "2/6",
    label: "Call the customer",
    due: "2 days late",
    urgency: "late",
    ...values,
});

class Deal extends models.Model {
    _name = "deal";
    name = fields.Char();
    user_id = fields.Many2one({relation: "res.users"});
    track_status = fields.Char();
    track_status_data = fields.Json();
    _records = [
        {
            id: 1,
            name: "Late",
            track_status: "2/6 · Call the customer · 2 days late",
            track_status_data: makeStatus({}),
        },
        {
            id: 2,
            name: "Today",
            track_status: "0/3 · <b>Write</b> · Today · +1",
            track_status_data: makeStatus({
                count: 2,
                progress: "0/3",
                label: "<b>Write</b>",
                due: "Today",
                urgency: "today",
                user: {id: 99, name: "Marc <b>Demo</b>"},
            }),
        },
        {
            id: 3,
            name: "Paused",
            track_status: "1/3 · Call · On hold",
            track_status_data: makeStatus({
                progress: "1/3",
                label: "Call",
                due: "On hold",
                urgency: "hold",
            }),
        },
        {id: 4, name: "Without", track_status: false, track_status_data: false},
        {
            id: 5,
            name: "Failed",
            track_status: "1/3 · Send an e-mail · Failed",
            track_status_data: makeStatus({
                progress: "1/3",
                label: "Send an e-mail",
                due: "Failed",
                urgency: "failed",
            }),
        },
    ];
}

defineMailModels();
defineModels([Deal]);

const mountBoard = (more = "") =>
    mountView({
        type: "kanban",
        resModel: "deal",
        arch: `<kanban><templates><t t-name="card">
                <field name="name"/>${more}
                <field name="track_status" widget="track_status"/>
            </t></templates></kanban>`,
    });

const card = (number) => `.o_kanban_record:not(.o_kanban_ghost):eq(${number - 1})`;

test("a card shows the progress, the current task and when it is due", async () => {
    await mountBoard();
    expect(queryAllTexts(`${card(1)} .o_track_status > *`)).toEqual([
        "",
        "2/6",
        "Call the customer",
        "2 days late",
    ]);
    expect(`${card(1)} .o_track_status`).toHaveAttribute(
        "data-tooltip",
        "2/6 · Call the customer · 2 days late"
    );
    expect(`${card(1)} .o_track_status_more`).toHaveCount(0);
});

test("each urgency has its own sign and colour", async () => {
    await mountBoard();
    for (const [number, icon, color] of [
        [1, "fa-exclamation-circle", "text-danger"],
        [2, "fa-road", "text-warning"],
        [3, "fa-pause-circle", "text-muted"],
        [5, "fa-exclamation-triangle", "text-danger"],
    ]) {
        expect(`${card(number)} .o_track_status i.fa`).toHaveClass([icon, color]);
        expect(`${card(number)} .o_track_status_due`).toHaveClass(color);
    }
});

test("further tracks are counted, and names are no markup", async () => {
    await mountBoard();
    expect(`${card(2)} .o_track_status_more`).toHaveText("+1");
    expect(`${card(2)} .o_track_status_label`).toHaveText("<b>Write</b>");
    expect(`${card(2)} .o_track_status b`).toHaveCount(0);
});

const PICTURE = `${card(2)} .o_track_status img`;

test("the assignee is shown by a picture, and named in the tooltip", async () => {
    await mountBoard();
    expect(`${card(1)} .o_track_status img`).toHaveCount(0);
    expect(PICTURE).toHaveAttribute("data-src", /res\.users\/99\/avatar_128/);
    expect(PICTURE).toHaveAttribute("alt", "Marc <b>Demo</b>");
    expect(`${card(2)} .o_track_status`).toHaveAttribute(
        "data-tooltip",
        "0/3 · <b>Write</b> · Today · +1 · Marc <b>Demo</b>"
    );
});

test("the user of the record, whom the card shows, is not shown twice", async () => {
    const owner = serverState.userId;
    Deal._records[0].track_status_data.user = {id: owner, name: "Mitchell"};
    Deal._records[0].user_id = owner;
    Deal._records[1].user_id = owner;
    await mountBoard(`<field name="user_id"/>`);
    expect(`${card(1)} .o_track_status img`).toHaveCount(0);
    expect(`${card(1)} .o_track_status`).toHaveAttribute("data-tooltip", /Mitchell$/);
    expect(PICTURE).toHaveCount(1);
});

test("a record without a running track shows nothing", async () => {
    await mountBoard();
    expect(card(4)).toHaveText("Without");
    expect(`${card(4)} .o_track_status`).toHaveCount(0);
});

test("a list has the same column, without naming the details in its view", async () => {
    await mountView({
        type: "list",
        resModel: "deal",
        arch: `<list><field name="name"/>
                <field name="track_status" widget="track_status"/></list>`,
    });
    expect(".o_data_row:eq(0) .o_track_status_due").toHaveText("2 days late");
    expect(".o_data_row .o_track_status").toHaveCount(4);
});

test("what has no room is shortened, and the due date is not", async () => {
    Deal._records = Deal._records.slice(0, 1);
    Deal._records[0].track_status_data.label = "Call the customer ".repeat(20);
    await mountBoard();
    const label = queryOne(".o_track_status_label");
    expect(label.scrollWidth).toBeGreaterThan(label.clientWidth);
    const due = queryOne(".o_track_status_due").getBoundingClientRect();
    const whole = queryOne(card(1)).getBoundingClientRect();
    expect(due.right).toBeLessThan(whole.right);
});

test("right to left, each part is isolated from the others", async () => {
    defineParams({lang_parameters: {direction: "rtl"}});
    await mountBoard();
    expect(`${card(2)} .o_track_status > bdi`).toHaveCount(3);
});
