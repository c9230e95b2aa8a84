package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.ExchangeClient;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;

/// Asks and tells other agents; what fails is asked again by whoever needs it.
final class Telling {
    private static final Logger log = LoggerFactory.getLogger(Telling.class);

    private final Surroundings with;

    Telling(Surroundings with) {
        this.with = with;
    }

    /// What a peer answers; empty when it cannot be reached or breaks a rule. Waits for it.
    Optional<ExchangeResponse> ask(PeerId peer, ExchangeRequest request) {
        try {
            return Optional.of(ExchangeClient.ask(with.peers().reach(peer), request));
        } catch (IOException e) {
            log.debug("{} does not answer: {}", peer.shortText(), e.getMessage());
            return Optional.empty();
        }
    }

    /// Tells it soon, once.
    void tell(PeerId peer, ExchangeRequest request) {
        var _ = with.errands().start(() -> ask(peer, request));
    }
}
