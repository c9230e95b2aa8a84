package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.Lookup.Candidate;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The requests that we sent and that are not answered yet.
@Pure
final class Asks {
    /// What a request is for.
    sealed interface Purpose {
        /// A step of a look-up.
        record Step(Query query, Candidate candidate) implements Purpose {}

        /// One of the writes at the end of a query.
        record Write(Query query) implements Purpose {}

        /// Somebody holds a worse value, or none.
        record Correction() implements Purpose {}

        /// Is this peer a server, and does it live?
        record Check() implements Purpose {}
    }

    record Asked(KadPeer to, KadMessage message, Purpose purpose, Instant deadline) {}

    /// Who has not answered by then may still do so, but nothing stands still for it.
    private static final Duration SLOW_AFTER = Duration.ofSeconds(1);

    private final Duration limit;

    /// In the order of their deadlines, since all have the same time.
    private final Map<Long, Asked> pending = new LinkedHashMap<>();

    /// The pending steps of look-ups that are not slow yet, in the order in which they were sent.
    private final Deque<Waiting> prompt = new ArrayDeque<>();

    private long lastId;
    private int checks;

    private record Waiting(long id, Purpose.Step step, Instant slowAt) {}

    Asks(Duration limit) {
        this.limit = limit;
    }

    void ask(Instant now, KadPeer to, KadMessage message, Purpose purpose, List<Action> actions) {
        lastId++;
        pending.put(lastId, new Asked(to, message, purpose, now.plus(limit)));
        checks += purpose instanceof Purpose.Check ? 1 : 0;
        if (purpose instanceof Purpose.Step step) {
            prompt.add(new Waiting(lastId, step, now.plus(SLOW_AFTER)));
        }
        actions.add(new Action.Ask(lastId, to, message));
    }

    /// How many peers are being checked now.
    int checks() {
        return checks;
    }

    /// The request of that number, which is pending no longer; none when it came too late.
    @Nullable Asked take(long requestId) {
        var asked = pending.remove(requestId);
        if (asked != null && asked.purpose() instanceof Purpose.Check) {
            checks--;
        }
        return asked;
    }

    /// The number of a request whose time is up at `now`, or 0.
    long overdue(Instant now) {
        if (pending.isEmpty()) {
            return 0;
        }
        var first = pending.entrySet().iterator().next();
        return now.isBefore(first.getValue().deadline()) ? 0 : first.getKey();
    }

    /// A step of a look-up that has become slow; none when all are prompt.
    Purpose.@Nullable Step slow(Instant now) {
        var first = firstPrompt();
        if (first == null || now.isBefore(first.slowAt())) {
            return null;
        }
        prompt.remove();
        return first.step();
    }

    /// When there may be a slow one.
    Instant nextSlow() {
        var first = firstPrompt();
        return first == null ? Instant.MAX : first.slowAt();
    }

    private @Nullable Waiting firstPrompt() {
        var first = prompt.peek();
        while (first != null && !pending.containsKey(first.id())) {
            prompt.remove();
            first = prompt.peek();
        }
        return first;
    }

    Instant nextDeadline() {
        return pending.isEmpty() ? Instant.MAX : pending.values().iterator().next().deadline();
    }
}
