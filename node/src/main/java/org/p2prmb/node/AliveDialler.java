package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.ping.Ping;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// Finds out whether an agent lives by connecting to it: the way to a link, or a plain ping where
/// the other does not speak the protocol.
final class AliveDialler {
    private static final Logger log = LoggerFactory.getLogger(AliveDialler.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(4);
    private static final Duration IDENTIFY_LIMIT = Duration.ofSeconds(3);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(5);

    private final Host host;
    private final AliveSpeakers speakers;
    private final Function<PeerId, List<Multiaddr>> addresses;
    private final Outcome outcome;

    /// What comes of it, exactly one of the three.
    interface Outcome {
        void opened(Stream stream);

        /// It lives, but there will be no link.
        void answered(PeerId peer) throws InterruptedException;

        void unreachable(PeerId peer) throws InterruptedException;
    }

    AliveDialler(
            Host host,
            AliveSpeakers speakers,
            Function<PeerId, List<Multiaddr>> addresses,
            Outcome outcome) {
        this.host = host;
        this.speakers = speakers;
        this.addresses = addresses;
        this.outcome = outcome;
    }

    void dial(PeerId peer) throws InterruptedException {
        try {
            var connection = connect(peer);
            if (speakers.await(peer, IDENTIFY_LIMIT)) {
                outcome.opened(connection.open(List.of(AliveFrame.PROTOCOL), OPEN_LIMIT));
            } else {
                Ping.measure(connection, 1, DIAL_LIMIT);
                outcome.answered(peer);
            }
        } catch (IOException e) {
            log.debug("{} cannot be reached: {}", peer.shortText(), e.getMessage());
            outcome.unreachable(peer);
        }
    }

    private Connection connect(PeerId peer) throws IOException {
        var open = host.connections(peer);
        return open.isEmpty()
                ? host.connect(peer, addresses.apply(peer), DIAL_LIMIT)
                : open.getLast();
    }
}
