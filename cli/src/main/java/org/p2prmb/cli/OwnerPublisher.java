package org.p2prmb.cli;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.OwnerRecord;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Says under the owner's signature that an agent is the owner's, so that messages can be addressed
/// to the owner.
final class OwnerPublisher {
    /// Others forget the statement after this; a running agent says it anew in half the time.
    private static final Duration VALID_FOR = Duration.ofDays(7);

    static final Duration RENEW_AFTER = VALID_FOR.dividedBy(2);

    private OwnerPublisher() {}

    /// Signs now and hands the statement to the agent, which serves it to whoever asks.
    static void publish(HomeAgent home, KeyPair owner) {
        var now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        var record =
                new OwnerRecord(
                        owner.publicKey(),
                        List.of(home.agent().peerId()),
                        home.reachableAt().stream().limit(OwnerRecord.ADDRESSES_MAX).toList(),
                        now.toEpochMilli(),
                        now.plus(VALID_FOR));
        try {
            home.agent().serveOwner(record.seal(owner));
        } catch (ProtocolException e) {
            throw new IllegalStateException("our own owner record is not accepted", e);
        }
    }
}
