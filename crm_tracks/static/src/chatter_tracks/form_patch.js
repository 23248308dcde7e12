import {FormArchParser} from "@web/views/form/form_arch_parser";
import {FormCompiler} from "@web/views/form/form_compiler";
import {patch} from "@web/core/utils/patch";

// The fields that show the tracks of a form's record; see `tracks_field`, `track_steps`
const WIDGETS = ["tracks", "track_steps"];

patch(FormArchParser.prototype, {
    /**
     * Note whether the form itself shows the tracks of its record.
     */
    parse() {
        const result = super.parse(...arguments);
        result.showsTracks = Object.values(result.fieldNodes).some(({widget}) =>
            WIDGETS.includes(widget)
        );
        return result;
    },
});

patch(FormCompiler.prototype, {
    /**
     * Let the chatter show them where the form does not.
     */
    compile() {
        const result = super.compile(...arguments);
        const chatters = result.querySelectorAll(
            "t[t-component='__comp__.mailComponents.Chatter']"
        );
        for (const chatter of chatters) {
            chatter.setAttribute(
                "showsTracks",
                "!__comp__.props.archInfo.showsTracks and __comp__.props.archInfo.has_activities"
            );
        }
        return result;
    },
});
