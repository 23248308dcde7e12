import {browser} from "@web/core/browser/browser";
import {onWillDestroy} from "@odoo/owl";

// How long the card of a track may take to appear, in milliseconds
const PATIENCE = 10000;

/**
 * Scrolls to the card of a track when it is there. That of a track that has ended is
 * there when the finished tracks are unfolded.
 *
 * @returns {Function} of the element in which the card appears, and the track's id
 */
export function useRevealedCard() {
    let observer = null;
    let timeout = null;

    function stopWaiting() {
        observer?.disconnect();
        browser.clearTimeout(timeout);
    }

    function reveal(container, runId) {
        stopWaiting();
        let isUnfolded = false;
        const look = () => {
            const ended = container.querySelector(
                ".o_tracks_ended[aria-expanded='false']"
            );
            const card = container.querySelector(
                `.o_tracks_card[data-run-id="${runId}"]`
            );
            if (card) {
                stopWaiting();
                card.scrollIntoView({block: "nearest"});
                card.classList.add("o_tracks_shown");
            } else if (ended && !isUnfolded) {
                isUnfolded = true;
                ended.click();
            }
        };
        observer = new MutationObserver(look);
        observer.observe(container, {childList: true, subtree: true});
        timeout = browser.setTimeout(stopWaiting, PATIENCE);
        look();
    }

    onWillDestroy(stopWaiting);
    return reveal;
}
