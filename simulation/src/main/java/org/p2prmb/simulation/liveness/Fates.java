package org.p2prmb.simulation.liveness;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Who will crash, leave, freeze and lie: disjoint random groups, but for those that lie.
///
/// Of a share that is not 0 there is at least one agent, so that small networks show something too.
final class Fates {
    private final int[] dead;
    private final int[] leaving;
    private final int[] massDead;
    private final boolean[] stalling;
    private final boolean[] malicious;

    Fates(int agents, Troubles troubles, RandomGenerator random) {
        var order = shuffled(agents, random);
        int deadEnd = count(agents, troubles.dead());
        int leavingEnd = Math.min(agents - 1, deadEnd + count(agents, troubles.leaving()));
        int massEnd = Math.min(agents - 1, leavingEnd + count(agents, troubles.massDeath()));
        int stallingEnd = Math.min(agents, massEnd + count(agents, troubles.stalling()));
        dead = Arrays.copyOfRange(order, 0, deadEnd);
        leaving = Arrays.copyOfRange(order, deadEnd, leavingEnd);
        massDead = Arrays.copyOfRange(order, leavingEnd, massEnd);
        stalling = members(agents, Arrays.copyOfRange(order, massEnd, stallingEnd));
        var liars = shuffled(agents, random);
        malicious = members(agents, Arrays.copyOf(liars, count(agents, troubles.malicious())));
    }

    private static int count(int agents, double share) {
        return share == 0 ? 0 : Math.max(1, (int) Math.round(share * agents));
    }

    private static int[] shuffled(int agents, RandomGenerator random) {
        var order = IntStream.range(0, agents).toArray();
        for (int index = agents - 1; index > 0; index--) {
            int other = random.nextInt(index + 1);
            int swapped = order[index];
            order[index] = order[other];
            order[other] = swapped;
        }
        return order;
    }

    private static boolean[] members(int agents, int[] chosen) {
        var members = new boolean[agents];
        for (int agent : chosen) {
            members[agent] = true;
        }
        return members;
    }

    int[] dead() {
        return dead;
    }

    int[] leaving() {
        return leaving;
    }

    int[] massDead() {
        return massDead;
    }

    boolean[] stalling() {
        return stalling;
    }

    boolean[] malicious() {
        return malicious;
    }
}
