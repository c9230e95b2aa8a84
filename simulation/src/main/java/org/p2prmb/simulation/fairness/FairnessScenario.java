package org.p2prmb.simulation.fairness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.ModelSignatures;
import org.p2prmb.simulation.engine.Progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/// Many windows of one lot each, among buyers that differ in nothing but their distance.
///
/// Which buyer is where changes from window to window, so no key is near more often than another.
public final class FairnessScenario implements Scenario {
    private static final int[] DELAYS_MILLIS = {20, 60, 120, 250, 400};
    private static final int BUYERS = DELAYS_MILLIS.length;

    private final FairnessSettings settings;
    private final long[] wins = new long[BUYERS];
    private final long[] included = new long[BUYERS];

    public FairnessScenario(FairnessSettings settings) {
        this.settings = settings;
    }

    @Override
    public Report run(Progress progress) {
        var random = new SplittableRandom(settings.seed());
        var signatures = new ModelSignatures();
        var seller = keys(random);
        var buyers = new ArrayList<KeyPair>();
        for (int buyer = 0; buyer < BUYERS; buyer++) {
            buyers.add(keys(random));
        }
        var delays = Arrays.stream(DELAYS_MILLIS).mapToObj(Duration::ofMillis);
        var places = delays.toArray(Duration[]::new);
        for (int window = 0; window < settings.windows(); window++) {
            Collections.rotate(buyers, 1);
            var run =
                    new WindowRun(
                            seller,
                            List.copyOf(buyers),
                            places,
                            settings.length(),
                            random.split(),
                            signatures);
            run.run();
            count(run);
            progress.passed((window + 1.0) / settings.windows());
        }
        return report();
    }

    private static KeyPair keys(SplittableRandom random) {
        var seed = new byte[32];
        random.nextBytes(seed);
        return KeyPair.ed25519(Bytes.wrap(seed));
    }

    private void count(WindowRun run) {
        int winner =
                switch (settings.policy()) {
                    case SEALED -> run.winner();
                    case FIRST_COME -> run.arrivals().getFirst();
                    case ARRIVAL_TIE ->
                            run.arrivals().stream().filter(run::included).findFirst().orElseThrow();
                };
        wins[winner]++;
        for (int place = 0; place < BUYERS; place++) {
            boolean heard =
                    settings.policy() == Policy.FIRST_COME ? place == winner : run.included(place);
            included[place] += heard ? 1 : 0;
        }
    }

    private Report report() {
        var interval = Figures.interval99(wins[0], settings.windows());
        return new Report.Builder()
                .text("scenario", "fairness")
                .text("policy", settings.policy().toString())
                .count("seed", settings.seed())
                .count("windows", settings.windows())
                .measure("windowSeconds", settings.length().toMillis() / 1_000.0)
                .group("workload", workload())
                .rates("shares", shares(wins))
                .rates("nearestShareInterval99", interval.low(), interval.high())
                .rates("inclusion", shares(included))
                .rate("chiSquareP", Figures.chiSquareP(wins))
                .text("crypto", "model")
                .build();
    }

    private Report workload() {
        return new Report.Builder()
                .count("buyers", BUYERS)
                .count("lots", 1)
                .rates(
                        "oneWayDelaySeconds",
                        Arrays.stream(DELAYS_MILLIS)
                                .mapToDouble(delay -> delay / 1_000.0)
                                .toArray())
                .measure("reactionMeanSeconds", WindowRun.REACTION_MILLIS / 1_000.0)
                .build();
    }

    private double[] shares(long[] counts) {
        return Arrays.stream(counts)
                .mapToDouble(count -> (double) count / settings.windows())
                .toArray();
    }
}
