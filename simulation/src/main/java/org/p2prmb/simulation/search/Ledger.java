package org.p2prmb.simulation.search;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Samples;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What the measured searches cost and what came of them.
final class Ledger {
    private final Samples seconds = new Samples();
    private final Samples rounds = new Samples();
    private final Samples roundsWithHandshakes = new Samples();
    private final Map<Stage, Integer> endedIn = new EnumMap<>(Stage.class);
    private final Map<String, Long> kinds = new TreeMap<>();
    private boolean measuring;
    private long queries;
    private long succeeded;
    private long eclipsed;
    private long eclipsedSucceeded;
    private long messages;
    private long dhtLookups;
    private long stale;
    private long staleProbes;
    private long forged;
    private long backgroundBytes;

    /// Where a result came from.
    enum Stage {
        MEMORY,
        NEIGHBOURS,
        WALKS,
        DHT,
        NOWHERE
    }

    /// From now on it counts.
    void begin() {
        measuring = true;
    }

    void messages(String kind, int count) {
        if (measuring) {
            messages += count;
            kinds.merge(kind, (long) count, Long::sum);
        }
    }

    void background(int bytes) {
        if (measuring) {
            backgroundBytes += bytes;
        }
    }

    void dhtLookup() {
        dhtLookups += measuring ? 1 : 0;
    }

    /// A record that no provider signed, or an expired one, was believed.
    void forged() {
        forged++;
    }

    /// What became of one search.
    ///
    /// @param eclipsed whether the key of its tag is surrounded
    /// @param found whether it found somebody who lives
    /// @param stale whether a result was dead before the search began
    /// @param probedDead whether somebody dead was asked for a sign of life
    record Outcome(
            boolean measured,
            boolean eclipsed,
            boolean found,
            boolean stale,
            boolean probedDead,
            Stage stage,
            Chain chain,
            long millis) {}

    boolean isMeasuring() {
        return measuring;
    }

    void ended(Outcome outcome) {
        if (!outcome.measured()) {
            return;
        }
        queries++;
        succeeded += outcome.found() ? 1 : 0;
        eclipsed += outcome.eclipsed() ? 1 : 0;
        eclipsedSucceeded += outcome.eclipsed() && outcome.found() ? 1 : 0;
        stale += outcome.stale() ? 1 : 0;
        staleProbes += outcome.probedDead() ? 1 : 0;
        endedIn.merge(outcome.stage(), 1, Integer::sum);
        seconds.add(outcome.millis());
        if (outcome.found()) {
            rounds.add(outcome.chain().roundTrips());
            roundsWithHandshakes.add(outcome.chain().roundTripsWithHandshakes());
        }
    }

    void report(Report.Builder report, double agentSeconds) {
        report.count("measured", queries)
                .measure("successRate", share(succeeded))
                .measure("messagesPerQuery", share(messages))
                .count("staleAnswers", stale)
                .measure("staleProbeRate", share(staleProbes))
                .group("roundTrips", quantiles(rounds))
                .group("roundTripsWithHandshakes", quantiles(roundsWithHandshakes))
                .seconds("seconds", seconds, "p50", "p99", "max")
                .count("forgedAccepted", forged)
                .measure("backgroundBytesPerAgentPerSecond", backgroundBytes / agentSeconds);
        if (eclipsed > 0) {
            report.measure("eclipsedSuccessRate", eclipsedSucceeded / (double) eclipsed);
        }
        var stages = new Report.Builder();
        for (var stage : Stage.values()) {
            stages.measure(
                    stage.name().toLowerCase(Locale.ROOT), share(endedIn.getOrDefault(stage, 0)));
        }
        report.group("stages", stages.build());
        var byKind = new Report.Builder();
        kinds.forEach((kind, count) -> byKind.measure(kind, share(count)));
        report.group("messages", byKind.build()).measure("dhtLookupsPerQuery", share(dhtLookups));
    }

    private double share(long part) {
        return queries == 0 ? 0 : part / (double) queries;
    }

    private static Report quantiles(Samples samples) {
        var group = new Report.Builder();
        if (samples.size() > 0) {
            group.count("p50", samples.quantileMillis(0.5))
                    .count("p99", samples.quantileMillis(0.99))
                    .count("max", samples.quantileMillis(1));
        }
        return group.build();
    }
}
