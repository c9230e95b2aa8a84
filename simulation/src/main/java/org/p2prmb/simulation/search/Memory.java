package org.p2prmb.simulation.search;

import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What one agent remembers of others: the contacts that were useful last, 200 at most.
///
/// The most recent ones are its hot contacts: of their deaths it hears, so they need no proof of
/// life; the others need one that is younger than a minute.
final class Memory {
    static final int CONTACTS_MAX = 200;

    /// Of 64 hot contacts some are neighbours.
    static final int HOT_MAX = 56;

    private static final Duration VERIFIED_FOR = Duration.ofSeconds(60);

    /// By agent, the most recently useful last.
    private final LinkedHashMap<Integer, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<String, Set<Integer>> byTag = new HashMap<>();

    private static final class Entry {
        private final SignedContact record;

        /// Whether only our own owner asked for it.
        private boolean secret;

        private Instant provenAt;

        Entry(SignedContact record, boolean secret, Instant provenAt) {
            this.record = record;
            this.secret = secret;
            this.provenAt = provenAt;
        }
    }

    /// A contact of which we have a sign of life, or which is hot.
    record Known(int agent, SignedContact record, boolean verified) {}

    /// Remembers a record; returns the agent that made room for it, -1 when none had to.
    int put(int agent, SignedContact record, boolean secret, Instant now) {
        var known = entries.get(agent);
        if (known != null) {
            known.secret &= secret;
            return -1;
        }
        entries.put(agent, new Entry(record, secret, now));
        for (var offering : record.record().offerings()) {
            byTag.computeIfAbsent(offering.tag(), _ -> new HashSet<>()).add(agent);
        }
        if (entries.size() <= CONTACTS_MAX) {
            return -1;
        }
        int eldest = entries.sequencedKeySet().getFirst();
        forget(eldest);
        return eldest;
    }

    boolean contains(int agent) {
        return entries.containsKey(agent);
    }

    void forget(int agent) {
        var entry = entries.remove(agent);
        if (entry != null) {
            for (var offering : entry.record.record().offerings()) {
                var agents = byTag.get(offering.tag());
                if (agents != null && agents.remove(agent) && agents.isEmpty()) {
                    byTag.remove(offering.tag());
                }
            }
        }
    }

    void proved(int agent, Instant now) {
        var entry = entries.get(agent);
        if (entry != null) {
            entry.provenAt = now;
        }
    }

    boolean isHot(int agent) {
        if (entries.size() <= HOT_MAX) {
            return entries.containsKey(agent);
        }
        int rank = 0;
        for (int recent : entries.sequencedKeySet().reversed()) {
            if (recent == agent) {
                return true;
            }
            if (++rank >= HOT_MAX) {
                return false;
            }
        }
        return false;
    }

    /// Those with this tag, the verified first, then by their last proof of life.
    List<Known> withTag(String tag, Instant now) {
        var found = new ArrayList<Known>();
        for (int agent : byTag.getOrDefault(tag, Set.of())) {
            found.add(known(agent, now));
        }
        found.sort((one, other) ->
                one.verified() == other.verified()
                        ? Integer.compare(other.agent(), one.agent())
                        : Boolean.compare(other.verified(), one.verified()));
        return found;
    }

    private Known known(int agent, Instant now) {
        boolean hot = isHot(agent);
        var entry = entries.get(agent);
        if (entry == null) {
            throw new IllegalStateException("an agent without an entry");
        }
        boolean fresh = entry.provenAt.plus(VERIFIED_FOR).isAfter(now);
        return new Known(agent, entry.record, hot || fresh);
    }

    /// The tags that the filter may tell of.
    Set<String> tags() {
        var tags = new LinkedHashSet<String>();
        for (var entry : entries.values()) {
            if (!entry.secret) {
                entry.record.record().offerings().forEach(offering -> tags.add(offering.tag()));
            }
        }
        return tags;
    }

    int size() {
        return entries.size();
    }

    List<Integer> agents() {
        return List.copyOf(entries.keySet());
    }
}
