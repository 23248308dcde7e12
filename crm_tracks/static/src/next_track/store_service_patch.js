import {Store} from "@mail/core/common/store_service";
import {patch} from "@web/core/utils/patch";

/**
 * Links in the chatter that start the next track.
 */
patch(Store.prototype, {
    handleClickOnLink(ev, thread) {
        const link = ev.target.closest("a.o_tracks_next");
        if (!link) {
            return super.handleClickOnLink(...arguments);
        }
        ev.preventDefault();
        this.startNextTrack(Number(link.dataset.oeId), Number(link.dataset.id), thread);
        return true;
    },

    /**
     * @param {Number} runId of the track that is done
     * @param {Number} templateId of the template to start
     * @param {Object} thread of the message with the link
     */
    async startNextTrack(runId, templateId, thread) {
        const {action, orm} = this.env.services;
        const args = [[runId], templateId];
        const next = await orm.call("track.run", "action_start_next", args);
        const refresh = () => thread?.fetchThreadData(["activities", "messages"]);
        await action.doAction(next, {onClose: refresh});
    },
});
