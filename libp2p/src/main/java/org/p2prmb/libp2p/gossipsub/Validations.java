package org.p2prmb.libp2p.gossipsub;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

/// The messages whose verdict is awaited; bounded by count and bytes.
@Pure
final class Validations {
    /// One message and everyone who has sent it meanwhile, the first sender first.
    static final class Pending {
        private final GossipMessage message;
        private final Instant due;
        private final List<PeerId> senders = new ArrayList<>(4);

        private Pending(GossipMessage message, Instant due) {
            this.message = message;
            this.due = due;
        }

        GossipMessage message() {
            return message;
        }

        List<PeerId> senders() {
            return senders;
        }

        void sentBy(PeerId peer) {
            if (!senders.contains(peer)) {
                senders.add(peer);
            }
        }
    }

    private final GossipConfig.Limits limits;
    private final SequencedMap<Bytes, Pending> pending = new LinkedHashMap<>();
    private long bytes;

    Validations(GossipConfig.Limits limits) {
        this.limits = limits;
    }

    /// False when too many messages are waiting already.
    boolean add(GossipMessage message, PeerId from, Instant due) {
        var size = message.encoded().size();
        if (pending.size() >= limits.validationsMax()
                || bytes + size > limits.validationBytesMax()) {
            return false;
        }
        var entry = new Pending(message, due);
        entry.sentBy(from);
        pending.put(message.id(), entry);
        bytes += size;
        return true;
    }

    Optional<Pending> find(Bytes id) {
        return Optional.ofNullable(pending.get(id));
    }

    Optional<Pending> remove(Bytes id) {
        return Optional.ofNullable(forget(id));
    }

    /// Takes out the messages whose time is over.
    List<Pending> expire(Instant now) {
        var expired = new ArrayList<Pending>();
        while (!pending.isEmpty() && !now.isBefore(pending.firstEntry().getValue().due)) {
            var oldest = forget(pending.firstEntry().getKey());
            if (oldest != null) {
                expired.add(oldest);
            }
        }
        return expired;
    }

    int size() {
        return pending.size();
    }

    private @Nullable Pending forget(Bytes id) {
        var entry = pending.remove(id);
        if (entry != null) {
            bytes -= entry.message.encoded().size();
        }
        return entry;
    }
}
