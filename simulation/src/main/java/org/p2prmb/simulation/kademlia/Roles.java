package org.p2prmb.simulation.kademlia;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;

/// Who of a run is what: the first agent is the victim if there is one, the next few are where the
/// others get in, then come the rest, and after the agents the sybils.
final class Roles {
    private static final int BOOTSTRAPS_MAX = 5;

    /// One in so many agents is a bootstrap peer, at most.
    private static final int BOOTSTRAP_SHARE = 10;

    /// The agent that is crowded around.
    static final int VICTIM = 0;

    private final int agents;
    private final int sybils;
    private final BitSet liars = new BitSet();
    private final BitSet dying = new BitSet();
    private final int[] survivors;

    Roles(KademliaSettings settings, int sybils, RandomGenerator random) {
        this.agents = settings.run().agents();
        this.sybils = sybils;
        var others = new ArrayList<Integer>();
        for (int agent = bootstraps() + 1; agent < agents; agent++) {
            others.add(agent);
        }
        shuffle(others, random);
        int lying = Math.min(others.size(), (int) Math.round(agents * settings.liars()));
        int dead = Math.min(others.size() - lying, (int) Math.round(agents * settings.dead()));
        others.subList(0, lying).forEach(liars::set);
        others.subList(lying, lying + dead).forEach(dying::set);
        var living = new ArrayList<Integer>();
        for (int agent = 0; agent < agents; agent++) {
            if (!liars.get(agent) && !dying.get(agent)) {
                living.add(agent);
            }
        }
        survivors = living.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void shuffle(List<Integer> numbers, RandomGenerator random) {
        for (int index = numbers.size() - 1; index > 0; index--) {
            int other = random.nextInt(index + 1);
            int moved = numbers.get(index);
            numbers.set(index, numbers.get(other));
            numbers.set(other, moved);
        }
    }

    int bootstraps() {
        return Math.clamp(agents / BOOTSTRAP_SHARE, 1, BOOTSTRAPS_MAX);
    }

    boolean isBootstrap(int agent) {
        return agent > VICTIM && agent <= bootstraps();
    }

    int anyBootstrap(RandomGenerator random) {
        return random.nextInt(VICTIM + 1, bootstraps() + 1);
    }

    int agents() {
        return agents;
    }

    /// Agents and sybils.
    int seats() {
        return agents + sybils;
    }

    boolean isSybil(int number) {
        return number >= agents && number < seats();
    }

    boolean isLiar(int number) {
        return liars.get(number);
    }

    int liars() {
        return liars.cardinality();
    }

    /// Who crashes before the first look-up.
    int[] dying() {
        return dying.stream().toArray();
    }

    /// Honest, and alive to the end.
    boolean isSurvivor(int number) {
        return number < agents && !liars.get(number) && !dying.get(number);
    }

    int anySurvivor(RandomGenerator random) {
        return survivors[random.nextInt(survivors.length)];
    }
}
