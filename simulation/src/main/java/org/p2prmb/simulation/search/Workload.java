package org.p2prmb.simulation.search;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Who offers what, and what is sought: tags are numbers from 0, the most wanted first.
final class Workload {
    static final double ZIPF = 0.9;
    static final double PROVIDERS_PER_TAG = 5.8;

    private final double[] cumulated;
    private final int[][] offered;

    /// Each tag has 5 or 6 providers, drawn among the agents.
    Workload(int tags, int agents, RandomGenerator random) {
        cumulated = new double[tags];
        double sum = 0;
        for (int tag = 0; tag < tags; tag++) {
            sum += StrictMath.pow(tag + 1, -ZIPF);
            cumulated[tag] = sum;
        }
        offered = new int[agents][];
        Arrays.setAll(offered, _ -> new int[0]);
        long offers = Math.round(tags * PROVIDERS_PER_TAG);
        for (int offer = 0; offer < offers; offer++) {
            int tag = offer % tags;
            int provider = random.nextInt(agents);
            while (offers(provider, tag)) {
                provider = random.nextInt(agents);
            }
            int count = offered[provider].length;
            offered[provider] = Arrays.copyOf(offered[provider], count + 1);
            offered[provider][count] = tag;
        }
    }

    /// The tags of that place in the network; whoever replaces its agent takes them over.
    int[] offered(int place) {
        return offered[place];
    }

    boolean offers(int place, int tag) {
        for (int own : offered[place]) {
            if (own == tag) {
                return true;
            }
        }
        return false;
    }

    int soughtTag(RandomGenerator random) {
        double point = random.nextDouble() * cumulated[cumulated.length - 1];
        int low = 0;
        int high = cumulated.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulated[middle] < point) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    static String name(int tag) {
        return "tag-" + tag;
    }
}
