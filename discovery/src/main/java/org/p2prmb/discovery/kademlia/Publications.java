package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What we published ourselves, and when each is due again.
@Pure
final class Publications {
    static final int PUBLICATIONS_MAX = 1_024;

    /// When nobody took it.
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final Duration valueInterval;
    private final Duration provideInterval;
    private final Map<Bytes, Publication> publications = new LinkedHashMap<>();

    /// No later than the first that is due.
    private Instant next = Instant.MAX;

    /// @param value none when we provide what the key names
    record Publication(Bytes key, @Nullable Bytes value, Instant dueAt) {
        private Publication dueAt(Instant changed) {
            return new Publication(key, value, changed);
        }
    }

    /// @param valueInterval after which a value is due again
    /// @param provideInterval after which it is due again that we provide a key
    Publications(Duration valueInterval, Duration provideInterval) {
        this.valueInterval = valueInterval;
        this.provideInterval = provideInterval;
    }

    private Duration interval(@Nullable Bytes value) {
        return value == null ? provideInterval : valueInterval;
    }

    /// Publishes this from now on, in place of what was published under the key; false when there
    /// is too much already.
    boolean add(Bytes key, @Nullable Bytes value, Instant now) {
        if (publications.size() >= PUBLICATIONS_MAX && !publications.containsKey(key)) {
            return false;
        }
        put(new Publication(key, value, now.plus(interval(value))));
        return true;
    }

    void remove(Bytes key) {
        publications.remove(key);
    }

    @Nullable Bytes value(Bytes key) {
        var publication = publications.get(key);
        return publication == null ? null : publication.value();
    }

    /// One round of it has ended, and so many peers took it.
    void published(Bytes key, int stored, Instant now) {
        var publication = publications.get(key);
        if (publication != null) {
            var wait = stored == 0 ? RETRY : interval(publication.value());
            put(publication.dueAt(now.plus(wait)));
        }
    }

    private void put(Publication publication) {
        publications.put(publication.key(), publication);
        next = publication.dueAt().isBefore(next) ? publication.dueAt() : next;
    }

    /// One that is due, which then is due in a while; null when none is.
    @Nullable Publication takeDue(Instant now) {
        if (now.isBefore(next)) {
            return null;
        }
        next = Instant.MAX;
        Publication due = null;
        for (var publication : publications.values()) {
            if (due == null && !now.isBefore(publication.dueAt())) {
                due = publication;
            } else if (publication.dueAt().isBefore(next)) {
                next = publication.dueAt();
            }
        }
        if (due != null) {
            put(due.dueAt(now.plus(interval(due.value()))));
        }
        return due;
    }

    Instant nextDue() {
        return next;
    }
}
