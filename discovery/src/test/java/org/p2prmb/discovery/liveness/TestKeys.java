package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.p2prmb.protocols.statements.Watchers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The same few identities in every test, and what they sign.
final class TestKeys {
    static final Duration INTERVAL = Duration.ofSeconds(30);

    /// The sequence of everybody's contact record.
    static final long RECORD = 1_800_000_000_000L;

    private static final List<KeyPair> KEYS = new ArrayList<>();

    static {
        for (int number = 0; number < 80; number++) {
            var seed = new byte[32];
            seed[0] = (byte) (number + 1);
            KEYS.add(KeyPair.ed25519(Bytes.wrap(seed)));
        }
    }

    private TestKeys() {}

    static KeyPair of(int number) {
        return KEYS.get(number);
    }

    static PeerId id(int number) {
        return of(number).peerId();
    }

    static List<PeerId> ids(int from, int to) {
        return KEYS.subList(from, to).stream().map(KeyPair::peerId).toList();
    }

    /// A lease of one, watched by these.
    static Renewal lease(int subject, long sequence, List<PeerId> watchers) {
        return renewal(subject, sequence, Watchers.of(watchers), false);
    }

    static Renewal leaving(int subject, long sequence, List<PeerId> watchers) {
        return renewal(subject, sequence, Watchers.of(watchers), true);
    }

    private static Renewal renewal(int subject, long sequence, Watchers watchers, boolean leaving) {
        var lease =
                new Lease(
                        id(subject),
                        sequence,
                        INTERVAL.multipliedBy(4),
                        INTERVAL,
                        watchers.commitment(),
                        RECORD,
                        leaving);
        return new Renewal(SignedLease.seal(lease, of(subject)), watchers);
    }

    /// As it travels to those who know the watchers.
    static Renewal bare(Renewal renewal) {
        return new Renewal(renewal.lease(), Optional.empty());
    }

    static Obituary obituary(Renewal renewal, List<SignedVote> votes) {
        return new Obituary(renewal.lease(), renewal.watchers().orElseThrow(), votes);
    }

    static SignedVote vote(int voter, int subject, long sequence) {
        return SignedVote.seal(new Vote(id(voter), id(subject), sequence), of(voter));
    }
}
