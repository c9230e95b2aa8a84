package org.p2prmb.simulation.gossip;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Who attacks, who will crash and freeze, and who is in which topics; attackers are in all.
///
/// Of a share that is not 0 there is at least one agent, so that small networks show something too.
final class Roles {
    /// Honest agents in random order, in this order their fates.
    private final int[] honest;

    private final boolean[] attacks;
    private final boolean[] stalls;
    private final int deadEnd;
    private final int massEnd;
    private final int[][] topics;

    Roles(GossipSettings settings, RandomGenerator random) {
        int agents = settings.run().agents();
        var order = shuffled(agents, random);
        int attackers = Math.min(agents - 1, count(agents, settings.attackers()));
        attacks = members(agents, order, 0, attackers);
        honest = Arrays.copyOfRange(order, attackers, agents);
        var troubles = settings.troubles();
        deadEnd = Math.min(honest.length - 1, count(honest.length, troubles.dead()));
        massEnd = Math.min(honest.length - 1, deadEnd + count(honest.length, troubles.massDeath()));
        int stallEnd = Math.min(honest.length, massEnd + count(honest.length, troubles.stalling()));
        stalls = members(agents, honest, massEnd, stallEnd);
        topics = new int[agents][];
        for (int agent = 0; agent < agents; agent++) {
            int joined = attacks[agent] ? settings.load().topics() : settings.load().joined();
            topics[agent] = Arrays.copyOf(shuffled(settings.load().topics(), random), joined);
        }
    }

    private static int count(int agents, double share) {
        return share == 0 ? 0 : Math.max(1, (int) Math.round(share * agents));
    }

    private static int[] shuffled(int size, RandomGenerator random) {
        var order = IntStream.range(0, size).toArray();
        for (int index = size - 1; index > 0; index--) {
            int other = random.nextInt(index + 1);
            int swapped = order[index];
            order[index] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    private static boolean[] members(int agents, int[] order, int from, int to) {
        var members = new boolean[agents];
        for (int index = from; index < to; index++) {
            members[order[index]] = true;
        }
        return members;
    }

    int agents() {
        return attacks.length;
    }

    boolean isAttacker(int agent) {
        return attacks[agent];
    }

    boolean isStalling(int agent) {
        return stalls[agent];
    }

    int[] dead() {
        return Arrays.copyOf(honest, deadEnd);
    }

    int[] massDead() {
        return Arrays.copyOfRange(honest, deadEnd, massEnd);
    }

    int anyHonest(RandomGenerator random) {
        return honest[random.nextInt(honest.length)];
    }

    /// The topics that an agent is in.
    int[] topics(int agent) {
        return topics[agent].clone();
    }

    int anyTopic(int agent, RandomGenerator random) {
        return topics[agent][random.nextInt(topics[agent].length)];
    }

    boolean isIn(int agent, int topic) {
        for (int joined : topics[agent]) {
            if (joined == topic) {
                return true;
            }
        }
        return false;
    }
}
