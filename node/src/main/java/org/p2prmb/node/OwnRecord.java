package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.message.SealingKey;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.Sequences;
import org.p2prmb.protocols.statements.SignedContact;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Our own contact record, signed anew before it expires and whenever it would say something else.
final class OwnRecord {
    /// After this long, holders forget an agent that renews nothing.
    private static final Duration TTL = Duration.ofHours(6);

    private static final Duration RENEW_AFTER = TTL.dividedBy(2);

    /// Enough for every record of ours that has not expired.
    private static final int SEALING_KEYS_MAX = 3;

    private final Host host;
    private final PublicKey owner;
    private final Sequences sequences;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    /// Newest first. Those before the newest may still be named by records that others hold.
    private volatile List<SealingKey> sealingKeys = List.of(SealingKey.generate(random));

    private final Supplier<List<Offering>> offerings;
    private @Nullable SignedContact current;
    private Instant renewAt = Instant.MIN;

    /// @param offerings what we offer now
    OwnRecord(
            Host host,
            PublicKey owner,
            Supplier<List<Offering>> offerings,
            Sequences sequences,
            InstantSource clock) {
        this.host = host;
        this.owner = owner;
        this.offerings = offerings;
        this.sequences = sequences;
        this.clock = clock;
    }

    /// The record to give away now.
    synchronized SignedContact current() {
        var reachable = host.announcedAddresses().stream();
        var addresses = reachable.limit(ContactRecord.ADDRESSES_MAX).toList();
        var known = current;
        var offered = offerings.get();
        var due = !clock.instant().isBefore(renewAt);
        if (known != null
                && !due
                && known.record().addresses().equals(addresses)
                && known.record().offerings().equals(offered)) {
            return known;
        }
        if (known != null && due) {
            rotate();
        }
        var renewed = signed(addresses, offered);
        current = renewed;
        renewAt = clock.instant().plus(RENEW_AFTER);
        return renewed;
    }

    private void rotate() {
        var keys = new ArrayList<SealingKey>();
        keys.add(SealingKey.generate(random));
        keys.addAll(sealingKeys.subList(0, Math.min(sealingKeys.size(), SEALING_KEYS_MAX - 1)));
        sealingKeys = List.copyOf(keys);
    }

    /// The keys that open bodies sealed for us, without waiting for a record to be made.
    List<SealingKey> sealingKeys() {
        return sealingKeys;
    }

    private SignedContact signed(List<Multiaddr> addresses, List<Offering> offered) {
        var record =
                new ContactRecord(
                        host.peerId(),
                        sequences.next("contact"),
                        addresses,
                        offered,
                        TTL,
                        clock.instant().plus(TTL).truncatedTo(ChronoUnit.SECONDS),
                        Optional.of(owner),
                        Optional.of(sealingKeys.getFirst().publicKey()));
        return SignedContact.seal(record, host.keys());
    }
}
