package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.exchange.Commit;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.Standing;
import org.p2prmb.protocols.exchange.WindowMachine.Event;

import java.util.Comparator;
import java.util.function.Predicate;

/// Who takes part in windows of ours: bidders with what we think of them, once their identities are
/// known to have cost what the network asks for.
///
/// Safe for many threads.
final class Admission {
    private static final int NETWORK_BYTES = 6; // Of IPv6: a site's. IPv4 has four in all.

    private final Surroundings with;
    private final Questions questions;
    private final Predicate<Event> windows;

    /// @param windows hands an event to the windows; false when there is no room
    Admission(Surroundings with, Questions questions, Predicate<Event> windows) {
        this.with = with;
        this.questions = questions;
        this.windows = windows;
    }

    Standing standing(PeerId peer) {
        var opinion = with.opinions().of(peer);
        return Standing.of(opinion.score(), opinion.newcomer(), Standing.NO_BOND);
    }

    ExchangeResponse committed(Signed<Commit> commit) throws InterruptedException {
        var said = commit.statement();
        var bidder = said.bidder();
        var standing = standing(bidder);
        if (with.identities().isKnown(bidder)) {
            // One that was held comes again after the close, perhaps before we said so.
            var _ = windows.test(new Event.Checked(bidder, true));
            return questions.ask(
                    number -> windows.test(new Event.Committed(number, commit, standing)));
        }
        if (!with.identities().mayBeRight(bidder, said.stamp())) {
            return new ExchangeResponse.Refused(Refusal.NO_STAMP);
        }
        var answer =
                questions.ask(
                        number -> windows.test(new Event.Unchecked(number, commit, standing)));
        // Only for a window that would take it: nobody else makes us work.
        if (answer instanceof ExchangeResponse.Refused(var why, _) && why == Refusal.UNCHECKED) {
            boolean waits =
                    with.identities()
                            .look(
                                    network(bidder),
                                    bidder,
                                    said.stamp(),
                                    right -> {
                                        var _ = windows.test(new Event.Checked(bidder, right));
                                    });
            if (!waits) {
                var _ = windows.test(new Event.Checked(bidder, false)); // It comes again.
            }
        }
        return answer;
    }

    /// Where a bidder comes from, as far as we see it; through a relay, that is its network.
    private Bytes network(PeerId bidder) {
        return with.host().connections(bidder).stream()
                .map(Connection::remoteAddress)
                .sorted(Comparator.comparing(Multiaddr::isCircuit))
                .flatMap(address -> address.tcpAddress().stream())
                .map(address -> Bytes.wrap(address.getAddress().getAddress()))
                .map(address -> address.slice(0, Math.min(NETWORK_BYTES, address.size())))
                .findFirst()
                .orElse(Bytes.EMPTY);
    }
}
