package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.Lookup.Candidate;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A look-up under way, with what it is for and what it has found.
@Pure
final class Query {
    /// Providers that one query collects at most.
    static final int PROVIDERS_MAX = 100;

    /// What the answers are wanted for.
    enum Kind {
        FIND_PEER,
        FIND_NODE,
        GET,
        PUT,
        PROVIDE,
        FIND_PROVIDERS,
        /// Our own neighbourhood.
        REFRESH,
        /// A part of the network that was not looked at for long.
        REFRESH_BUCKET;

        boolean isThorough() {
            return this != REFRESH_BUCKET;
        }
    }

    private final long id;
    private final Kind kind;
    private final Bytes key;
    private final Lookup lookup;
    private final Instant deadline;
    private final ProviderOffers offers;

    private @Nullable Bytes value;
    private int writes;
    private int stored;
    private boolean writing;

    /// @param value the one to store, or the best one that is known here
    Query(
            long id,
            Kind kind,
            Bytes key,
            @Nullable Bytes value,
            int providersMax,
            Lookup lookup,
            Instant deadline) {
        this.id = id;
        this.kind = kind;
        this.key = key;
        this.value = value;
        this.offers =
                new ProviderOffers(Math.min(providersMax, PROVIDERS_MAX), lookup.exemptsLoopback());
        this.lookup = lookup;
        this.deadline = deadline;
    }

    long id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    Bytes key() {
        return key;
    }

    Lookup lookup() {
        return lookup;
    }

    Instant deadline() {
        return deadline;
    }

    @Nullable Bytes value() {
        return value;
    }

    List<KadPeer> providers() {
        return offers.best();
    }

    KadMessage request() {
        return switch (kind) {
            case FIND_PEER, FIND_NODE, PUT, PROVIDE, REFRESH, REFRESH_BUCKET ->
                    KadMessage.findNode(key);
            case GET -> KadMessage.getValue(key);
            case FIND_PROVIDERS -> KadMessage.getProviders(key);
        };
    }

    /// Takes in what an answer brings apart from the way.
    void answered(Candidate from, KadMessage answer, Validators validators, Instant now) {
        if (kind == Kind.GET && answer.record().isPresent()) {
            found(from, answer.record().get(), validators, now);
        }
    }

    private void found(Candidate from, KadRecord record, Validators validators, Instant now) {
        if (!record.key().equals(key) || !validators.accept(key, record.value(), now)) {
            return; // As good as none: it gets the right one in the end.
        }
        from.returned(record.value());
        if (value == null || validators.isBetter(key, record.value(), value)) {
            value = record.value();
        }
    }

    /// A provider that we know of without asking anybody.
    void known(Instant now, KadPeer provider) {
        offers.known(now, provider);
    }

    ProviderOffers offers() {
        return offers;
    }

    /// When the query has enough though it could find more.
    Instant waitsUntil() {
        return kind == Kind.FIND_PROVIDERS ? offers.waitsUntil() : Instant.MAX;
    }

    /// Whether there is nothing left to look for, though the look-up could go on.
    boolean isSatisfied(Instant now) {
        return switch (kind) {
            case FIND_PEER -> {
                var wanted = lookup.targetItself();
                yield wanted != null && Lookup.hasAnswered(wanted);
            }
            case FIND_PROVIDERS -> offers.areEnough(now);
            case FIND_NODE, GET, PUT, PROVIDE, REFRESH, REFRESH_BUCKET -> false;
        };
    }

    /// Those among the k nearest that returned no value or a worse one than the best.
    List<KadPeer> mistaken() {
        var mistaken = new ArrayList<KadPeer>();
        var best = value;
        if (best != null) {
            for (var candidate : lookup.answered(KademliaConfig.K)) {
                if (!candidate.hasReturned(best)) {
                    mistaken.add(candidate.peer());
                }
            }
        }
        return mistaken;
    }

    boolean isWriting() {
        return writing;
    }

    /// The look-up is over, and these many writes are under way.
    void writing(int count) {
        writing = true;
        writes = count;
    }

    /// One of the writes has ended.
    void written(boolean taken) {
        writes--;
        stored += taken ? 1 : 0;
    }

    void told(int count) {
        stored += count;
    }

    int stored() {
        return stored;
    }

    boolean isWritten() {
        return writes <= 0;
    }

    Found result() {
        var closest = new ArrayList<KadPeer>();
        lookup.answered(KademliaConfig.K).forEach(candidate -> closest.add(candidate.peer()));
        var wanted = kind == Kind.FIND_PEER ? lookup.targetItself() : null;
        return new Found(
                closest,
                Optional.ofNullable(wanted).map(Candidate::peer),
                kind == Kind.GET ? Optional.ofNullable(value) : Optional.empty(),
                kind == Kind.FIND_PROVIDERS ? providers() : List.of(),
                stored,
                lookup.effort());
    }
}
