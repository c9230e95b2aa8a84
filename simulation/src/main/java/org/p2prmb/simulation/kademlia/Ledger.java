package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.simulation.Samples;
import org.p2prmb.simulation.engine.Simulation;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;

/// What came of the measured look-ups.
final class Ledger {
    private final Simulation simulation;
    private final Directory directory;
    private final Roles roles;
    private final Guard guard;
    private final Map<Long, Wanted> wanted = new HashMap<>();
    private final Map<What, Integer> begun = new EnumMap<>(What.class);
    private final Map<What, Integer> succeeded = new EnumMap<>(What.class);
    private final Samples depths = new Samples();
    private final Samples millis = new Samples();
    private long messages;
    private int ended;
    private int compared;
    private double correct;
    private int begunByVictim;
    private int succeededForVictim;

    /// What is looked for.
    enum What {
        /// The addresses of a peer.
        PEER,
        /// The peers nearest to one, which is the nearest itself.
        NEAREST,
        VALUE,
        PROVIDER;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param number of the peer or provider
    private record Wanted(What what, Bytes key, int number, long begunMicros) {}

    Ledger(Simulation simulation, Directory directory, Roles roles, Guard guard) {
        this.simulation = simulation;
        this.directory = directory;
        this.roles = roles;
        this.guard = guard;
    }

    void begins(int agent, long queryId, What what, Bytes key, int number) {
        wanted.put(queryId, new Wanted(what, key, number, simulation.elapsedMicros()));
        begun.merge(what, 1, Integer::sum);
        begunByVictim += agent == Roles.VICTIM ? 1 : 0;
    }

    void ended(int agent, long queryId, Found found) {
        var query = wanted.remove(queryId);
        if (query == null) {
            return; // None of the measured ones.
        }
        var target = Key.of(query.key());
        guard.found(target, found);
        ended++;
        if (isSuccess(query, found)) {
            succeeded.merge(query.what(), 1, Integer::sum);
            succeededForVictim += agent == Roles.VICTIM ? 1 : 0;
        }
        depths.add(found.effort().depth());
        messages += found.effort().messages();
        millis.add((simulation.elapsedMicros() - query.begunMicros()) / 1_000);
        if (query.what() == What.NEAREST) {
            compare(agent, target, found);
        }
    }

    private boolean isSuccess(Wanted query, Found found) {
        var peer = directory.peer(Math.max(0, query.number()));
        return switch (query.what()) {
            case PEER -> found.peer().map(peer::equals).orElse(false);
            case NEAREST -> !found.closest().isEmpty() && found.closest().getFirst().equals(peer);
            case VALUE -> found.value().map(Values.value(query.key())::equals).orElse(false);
            case PROVIDER -> found.providers().contains(peer);
        };
    }

    private void compare(int asker, Key target, Found found) {
        var right =
                directory.nearest(
                        target,
                        roles.agents(),
                        KademliaConfig.K,
                        number -> number != asker && simulation.isUp(number));
        var numbers = new HashSet<Integer>();
        found.closest().forEach(peer -> numbers.add(directory.number(peer.id())));
        correct += right.stream().filter(numbers::contains).count() / (double) right.size();
        compared++;
    }

    private static int sum(Map<What, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    int begun() {
        return sum(begun);
    }

    int begun(What what) {
        return begun.getOrDefault(what, 0);
    }

    int begunByVictim() {
        return begunByVictim;
    }

    int succeededForVictim() {
        return succeededForVictim;
    }

    int succeeded() {
        return sum(succeeded);
    }

    int succeeded(What what) {
        return succeeded.getOrDefault(what, 0);
    }

    /// Those that have come to an end, a good or a bad one.
    int ended() {
        return ended;
    }

    /// Of each look-up.
    Samples depths() {
        return depths;
    }

    Samples millis() {
        return millis;
    }

    double messagesPerLookup() {
        return ended == 0 ? 0 : messages / (double) ended;
    }

    /// The part of the k nearest living agents that look-ups found.
    double nearestShare() {
        return compared == 0 ? 0 : correct / compared;
    }
}
