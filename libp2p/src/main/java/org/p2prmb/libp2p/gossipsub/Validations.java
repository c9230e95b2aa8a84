package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The messages whose verdict is awaited; bounded by count and bytes.
///
/// The id of a message does not cover its signature, so one id may come in several copies, of which
/// all but one are forged: they wait behind the copy that is being verified, or a forger who is
/// quick could suppress the true message and put the blame on those who forward it.
@Pure
final class Validations {
    /// One copy and everyone who sent exactly this one, the first sender first.
    record Copy(GossipMessage message, List<PeerId> senders) {}

    /// All copies of one id; the first is being verified.
    static final class Pending {
        private final Instant due;
        private final Deque<Copy> copies = new ArrayDeque<>(1);

        private Pending(Instant due) {
            this.due = due;
        }

        Copy copy() {
            return copies.getFirst();
        }

        GossipMessage message() {
            return copy().message();
        }
    }

    private static final int COPIES_MAX = 8;

    private final GossipConfig.Limits limits;
    private final SequencedMap<Bytes, Pending> pending = new LinkedHashMap<>();
    private long bytes;

    Validations(GossipConfig.Limits limits) {
        this.limits = limits;
    }

    /// A message that is not known here; false when too many are waiting already.
    boolean add(GossipMessage message, PeerId from, Instant due) {
        if (pending.size() >= limits.validationsMax() || !room(message)) {
            return false;
        }
        var entry = new Pending(due);
        append(entry, message, from);
        pending.put(message.id(), entry);
        return true;
    }

    boolean contains(Bytes id) {
        return pending.containsKey(id);
    }

    /// Another copy of a message that is known here.
    void addCopy(GossipMessage message, PeerId from) {
        var entry = pending.get(message.id());
        if (entry == null || entry.copies.stream().anyMatch(copy -> copy.senders.contains(from))) {
            return;
        }
        for (var copy : entry.copies) {
            if (copy.message.encoded().equals(message.encoded())) {
                copy.senders.add(from);
                return;
            }
        }
        if (entry.copies.size() < COPIES_MAX && room(message)) {
            append(entry, message, from);
        }
    }

    /// The copy under verification is forged: takes it out and returns it.
    Optional<Copy> removeForged(Bytes id) {
        var entry = pending.get(id);
        if (entry == null) {
            return Optional.empty();
        }
        var forged = entry.copies.removeFirst();
        bytes -= forged.message.encoded().size();
        if (entry.copies.isEmpty()) {
            pending.remove(id);
        }
        return Optional.of(forged);
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

    private boolean room(GossipMessage message) {
        return bytes + message.encoded().size() <= limits.validationBytesMax();
    }

    private void append(Pending entry, GossipMessage message, PeerId from) {
        var senders = new ArrayList<PeerId>(4);
        senders.add(from);
        entry.copies.add(new Copy(message, senders));
        bytes += message.encoded().size();
    }

    private @Nullable Pending forget(Bytes id) {
        var entry = pending.remove(id);
        if (entry != null) {
            entry.copies.forEach(copy -> bytes -= copy.message.encoded().size());
        }
        return entry;
    }
}
