package org.p2prmb.simulation.engine;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Who is whose neighbour: a random graph that agents join by dialling and mend when it tears, as
/// the node's neighbour keeping does.
public final class Mesh {
    /// Neighbours that an agent looks for itself; with those that look for it, it has about twice
    /// as many.
    public static final int WANTED = 4;

    public static final int NEIGHBOURS_MAX = 24;
    private static final int TRIES = 20;

    private final Simulation simulation;
    private final RandomGenerator random;
    private final int[][] neighbours;
    private final int[] counts;

    public Mesh(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random().split();
        neighbours = new int[simulation.agents()][NEIGHBOURS_MAX];
        counts = new int[simulation.agents()];
    }

    /// Dials others until `agent` has as many neighbours as it wants, or nobody is left.
    public void fill(int agent) {
        for (int attempt = 0; attempt < TRIES && counts[agent] < WANTED; attempt++) {
            int other = random.nextInt(simulation.agents());
            if (other != agent
                    && simulation.isUp(other)
                    && simulation.isOpen(agent, other)
                    && counts[other] < NEIGHBOURS_MAX
                    && !contains(agent, other)) {
                add(agent, other);
                add(other, agent);
                simulation.connect(agent, other);
            }
        }
    }

    private void add(int agent, int other) {
        neighbours[agent][counts[agent]++] = other;
    }

    public boolean contains(int agent, int other) {
        for (int index = 0; index < counts[agent]; index++) {
            if (neighbours[agent][index] == other) {
                return true;
            }
        }
        return false;
    }

    /// The two are neighbours no more; true when they were.
    public boolean part(int agent, int other) {
        remove(other, agent);
        return remove(agent, other);
    }

    private boolean remove(int agent, int other) {
        var known = neighbours[agent];
        for (int index = 0; index < counts[agent]; index++) {
            if (known[index] == other) {
                known[index] = known[--counts[agent]];
                return true;
            }
        }
        return false;
    }

    public int[] neighbours(int agent) {
        return Arrays.copyOf(neighbours[agent], counts[agent]);
    }
}
