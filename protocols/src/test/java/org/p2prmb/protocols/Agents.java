package org.p2prmb.protocols;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The people of the tests: keys and records made from small numbers.
public final class Agents {
    public static final Offering BARBER =
            Offering.of("barber", Map.of("city", "Ghent", "price", "20"));

    /// When the records of all agents expire: the year 2100.
    public static final Instant EXPIRY = Instant.ofEpochSecond(4_102_444_800L);

    private Agents() {}

    /// The key of agent `number`: the same in every run.
    public static KeyPair keys(int number) {
        var seed = new byte[32];
        seed[0] = (byte) number;
        seed[1] = (byte) (number >>> 8);
        return KeyPair.ed25519(Bytes.wrap(seed));
    }

    public static List<KeyPair> keys(int from, int to) {
        var all = new ArrayList<KeyPair>();
        for (int number = from; number < to; number++) {
            all.add(keys(number));
        }
        return all;
    }

    public static ContactRecord record(KeyPair agent, long sequence, Offering... offerings) {
        return new ContactRecord(
                agent.peerId(),
                sequence,
                List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001")),
                List.of(offerings),
                Duration.ofHours(1),
                EXPIRY,
                Optional.empty(),
                Optional.empty());
    }

    public static SignedContact contact(KeyPair agent, long sequence, Offering... offerings) {
        return SignedContact.seal(record(agent, sequence, offerings), agent);
    }
}
