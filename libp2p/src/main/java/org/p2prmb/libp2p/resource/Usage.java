package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Pure;

import java.util.function.Consumer;

/// What is taken in one scope, and whether more fits.
@Pure
final class Usage {
    private final ScopeName name;
    private final ScopeLimits limits;
    private final Consumer<Usage> changed;
    private int connectionsIn;
    private int connectionsOut;
    private int streamsIn;
    private int streamsOut;
    private long bytes;

    Usage(ScopeName name, ScopeLimits limits) {
        this(name, limits, _ -> {});
    }

    /// @param changed hears when this is empty no more, and when it is again
    Usage(ScopeName name, ScopeLimits limits, Consumer<Usage> changed) {
        this.name = name;
        this.limits = limits;
        this.changed = changed;
    }

    ScopeName name() {
        return name;
    }

    boolean fits(Amount amount) {
        return switch (amount) {
            case CONNECTION_IN ->
                    count(amount) < limits.connectionsIn() && connections() < limits.connections();
            case CONNECTION_OUT ->
                    count(amount) < limits.connectionsOut() && connections() < limits.connections();
            case STREAM_IN -> count(amount) < limits.streamsIn() && streams() < limits.streams();
            case STREAM_OUT -> count(amount) < limits.streamsOut() && streams() < limits.streams();
        };
    }

    /// What whoever is refused reads.
    String refusal(Amount amount) {
        var inbound = amount == Amount.CONNECTION_IN || amount == Amount.STREAM_IN;
        return switch (name) {
            case SYSTEM -> "too many " + (inbound ? "inbound " : "") + amount.kind;
            case TRANSIENT -> "too many pending " + amount.kind;
            case TRANSIENT_PEER -> "too many pending %s with one peer".formatted(amount.kind);
            case IP -> "too many %s from one address".formatted(amount.kind);
            case PEER, CONNECTION -> "too many %s with one peer".formatted(amount.kind);
            case PROTOCOL -> "too many %s of one protocol".formatted(amount.kind);
            case PROTOCOL_PEER ->
                    "too many %s of one protocol with one peer".formatted(amount.kind);
            case SERVICE -> "too many %s of one service".formatted(amount.kind);
            case SERVICE_PEER -> "too many %s of one service with one peer".formatted(amount.kind);
        };
    }

    void add(Amount amount) {
        change(amount, 1);
    }

    void remove(Amount amount) {
        if (count(amount) == 0) {
            throw new IllegalStateException("given back twice: " + amount + " of " + name);
        }
        change(amount, -1);
    }

    private void change(Amount amount, int by) {
        var wasEmpty = isEmpty();
        switch (amount) {
            case CONNECTION_IN -> connectionsIn += by;
            case CONNECTION_OUT -> connectionsOut += by;
            case STREAM_IN -> streamsIn += by;
            case STREAM_OUT -> streamsOut += by;
        }
        tell(wasEmpty);
    }

    private void tell(boolean wasEmpty) {
        if (wasEmpty != isEmpty()) {
            changed.accept(this);
        }
    }

    /// Whether `more` bytes fit; of less importance are those that only fit into the first half.
    boolean fits(long more, boolean lessImportant) {
        return bytes + more <= (lessImportant ? limits.bytes() / 2 : limits.bytes());
    }

    void add(long more) {
        if (bytes + more < 0) {
            throw new IllegalStateException("given back twice: memory of " + name);
        }
        var wasEmpty = isEmpty();
        bytes += more;
        tell(wasEmpty);
    }

    int count(Amount amount) {
        return switch (amount) {
            case CONNECTION_IN -> connectionsIn;
            case CONNECTION_OUT -> connectionsOut;
            case STREAM_IN -> streamsIn;
            case STREAM_OUT -> streamsOut;
        };
    }

    int connections() {
        return connectionsIn + connectionsOut;
    }

    int streams() {
        return streamsIn + streamsOut;
    }

    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return connections() == 0 && streams() == 0 && bytes == 0;
    }
}
