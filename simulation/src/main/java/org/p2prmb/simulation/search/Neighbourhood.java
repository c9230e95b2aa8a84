package org.p2prmb.simulation.search;

import org.p2prmb.simulation.engine.Simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Who is whose neighbour: a random graph with 8.3 neighbours on average. Whoever dialled a
/// neighbour dials another one when it is lost.
final class Neighbourhood {
    static final double DEGREE = 8.3;

    private static final int TRIES = 50;

    private final Simulation simulation;
    private final RandomGenerator random;

    /// By agent: the neighbours, and whether the agent itself dialled.
    private final List<Map<Integer, Boolean>> neighbours = new ArrayList<>();

    /// Those that run, in no order, and where each of them is among those.
    private final List<Integer> running = new ArrayList<>();

    private final Map<Integer, Integer> places = new HashMap<>();

    Neighbourhood(Simulation simulation, int seats, RandomGenerator random) {
        this.simulation = simulation;
        this.random = random;
        for (int seat = 0; seat < seats; seat++) {
            neighbours.add(new LinkedHashMap<>(2));
        }
    }

    void joined(int agent) {
        places.put(agent, running.size());
        running.add(agent);
        int wanted = (int) (DEGREE / 2);
        if (random.nextDouble() < DEGREE / 2 - wanted) {
            wanted++;
        }
        for (int count = 0; count < wanted; count++) {
            dial(agent);
        }
    }

    private void dial(int agent) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int other = any();
            if (other != agent && !neighbours.get(agent).containsKey(other)) {
                neighbours.get(agent).put(other, true);
                neighbours.get(other).put(agent, false);
                simulation.connect(agent, other);
                return;
            }
        }
    }

    int any() {
        return running.get(random.nextInt(running.size()));
    }

    int count() {
        return running.size();
    }

    /// The agent does not run any more; its neighbours find that out by themselves.
    void died(int agent) {
        var place = places.remove(agent);
        int last = running.removeLast();
        if (place != null && last != agent) {
            running.set(place, last);
            places.put(last, place);
        }
        neighbours.get(agent).clear();
    }

    /// The agent noticed that the neighbour is gone, or could not be reached.
    void lost(int agent, int neighbour) {
        var dialled = neighbours.get(agent).remove(neighbour);
        if (dialled != null && dialled) {
            dial(agent);
        }
    }

    boolean contains(int agent, int other) {
        return neighbours.get(agent).containsKey(other);
    }
}
