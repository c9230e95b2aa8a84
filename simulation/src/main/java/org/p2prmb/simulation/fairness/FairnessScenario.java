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
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// Many windows of one lot each, among buyers that differ in nothing but their distance.
///
/// Which buyer is where changes from window to window, so no key is near more often than another.
public final class FairnessScenario implements Scenario {
    private static final int[] DELAYS_MILLIS = {20, 60, 120, 250, 400};
    private static final int BUYERS = DELAYS_MILLIS.length;

    /// With Sybils: newcomers together get a fifth of the lots, which of one is one.
    private static final int LOTS = 10;

    private final FairnessSettings settings;
    private final long[] wins = new long[BUYERS];
    private final long[] included = new long[BUYERS];
    private final double[] expected = new double[BUYERS];
    private final SplittableRandom fallbacks;
    private int unsold;
    private long sybilLots;

    public FairnessScenario(FairnessSettings settings) {
        this.settings = settings;
        // Of its own: the windows are the same with and without them.
        fallbacks = new SplittableRandom(~settings.seed());
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
        var sybils = new ArrayList<KeyPair>();
        for (int sybil = 0; sybil < settings.hardships().sybils(); sybil++) {
            sybils.add(keys(random));
        }
        var delays = Arrays.stream(DELAYS_MILLIS).mapToObj(Duration::ofMillis);
        var places =
                Stream.concat(delays, sybils.stream().map(_ -> Duration.ofMillis(DELAYS_MILLIS[0])))
                        .toArray(Duration[]::new);
        for (int window = 0; window < settings.windows(); window++) {
            Collections.rotate(buyers, 1);
            var all = new ArrayList<>(buyers);
            all.addAll(sybils);
            var run =
                    new WindowRun(
                            seller,
                            all,
                            places,
                            settings.length(),
                            lots(),
                            settings.hardships(),
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
        boolean fallsBack = fallbacks.nextDouble() < settings.hardships().arrivalTies();
        var policy = fallsBack ? Policy.ARRIVAL_TIE : settings.policy();
        int heard = 0;
        for (int place = 0; place < BUYERS; place++) {
            heard += isHeard(run, place) ? 1 : 0;
        }
        if (heard == 0) {
            unsold++;
            return;
        }
        int winner =
                switch (policy) {
                    case SEALED -> run.winner();
                    case FIRST_COME -> run.arrivals().getFirst();
                    case ARRIVAL_TIE ->
                            run.arrivals().stream().filter(run::included).findFirst().orElseThrow();
                };
        wins[winner]++;
        sybilLots += run.sybilLots();
        for (int place = 0; place < BUYERS; place++) {
            expected[place] += isHeard(run, place) ? 1.0 / heard : 0;
            boolean in =
                    settings.policy() == Policy.FIRST_COME ? place == winner : run.included(place);
            included[place] += in ? 1 : 0;
        }
    }

    private int lots() {
        return settings.hardships().sybils() == 0 ? 1 : LOTS;
    }

    /// Whether an equal chance was due to it: where the first wins that comes, all had to have one.
    private boolean isHeard(WindowRun run, int place) {
        return settings.policy() == Policy.FIRST_COME || run.included(place);
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
                .rates("winsToExpected", winsToExpected())
                .count("unsold", unsold)
                .rate("sybilShare", (double) sybilLots / lots() / settings.windows())
                .rate("chiSquareP", Figures.chiSquareP(wins, expected))
                .text("crypto", "model")
                .build();
    }

    private Report workload() {
        return new Report.Builder()
                .count("buyers", BUYERS)
                .count("lots", lots())
                .count("sybils", settings.hardships().sybils())
                .rates(
                        "oneWayDelaySeconds",
                        Arrays.stream(DELAYS_MILLIS)
                                .mapToDouble(delay -> delay / 1_000.0)
                                .toArray())
                .measure("reactionMeanSeconds", WindowRun.REACTION_MILLIS / 1_000.0)
                .rate("arrivalTies", settings.hardships().arrivalTies())
                .rate("relayDelay", settings.hardships().relay())
                .measure("clockSkewSeconds", settings.hardships().skew().toMillis() / 1_000.0)
                .build();
    }

    /// Of an equal chance in each window among those whose commits were in time.
    private double[] winsToExpected() {
        var ratios = new double[BUYERS];
        for (int place = 0; place < BUYERS; place++) {
            ratios[place] = expected[place] == 0 ? 0 : wins[place] / expected[place];
        }
        return ratios;
    }

    private double[] shares(long[] counts) {
        return Arrays.stream(counts)
                .mapToDouble(count -> (double) count / settings.windows())
                .toArray();
    }
}
