package org.p2prmb.simulation.reputation;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.ReputationBook;

import java.time.Instant;
import java.util.List;

/// An agent: who it is now, and the reports that it holds.
final class Trader {
    /// Far less than a real agent holds.
    private static final int REPORTS_MAX = 8_000;

    private static final int HELD_MAX = 16;
    private static final int CREDIBLE_MAX = 2;

    /// Rounds after which an agent looks whose word weighs most.
    private static final int CREDIBLE_ROUNDS = 10;

    private Identity identity;
    private final ReputationBook book;
    private List<PeerId> credible = List.of();
    private int credibleSince = -CREDIBLE_ROUNDS;

    Trader(Identity identity) {
        this.identity = identity;
        book = new ReputationBook(identity.peer(), REPORTS_MAX, false);
    }

    Identity identity() {
        return identity;
    }

    boolean honest() {
        return identity.honest();
    }

    /// An attacker goes on under another name.
    void become(Identity other) {
        identity = other;
    }

    ReputationBook book() {
        return book;
    }

    /// Keeps a report; an attacker only those of its own kind.
    void file(Filed filed, boolean byColluder, Instant now) {
        if (honest() || byColluder) {
            book.file(filed.receivedAt(now.toEpochMilli()), now);
        }
    }

    /// Learns what another agent holds on the subject.
    void pull(Trader source, PeerId subject, Instant now) {
        book.fileAll(subject, source.book.held(subject, HELD_MAX), now);
    }

    List<PeerId> credible(int round) {
        if (round - credibleSince >= CREDIBLE_ROUNDS) {
            credible = book.mostCredible(CREDIBLE_MAX);
            credibleSince = round;
        }
        return credible;
    }
}
