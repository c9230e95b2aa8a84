package org.p2prmb.simulation.reputation;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Progress;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Several runs of a [Market], of which each begins with a seed of its own.
public final class ReputationScenario implements Scenario {
    private final ReputationSettings settings;

    public ReputationScenario(ReputationSettings settings) {
        this.settings = settings;
    }

    @Override
    public Report run(Progress progress) {
        var runs = new ArrayList<Tallies>();
        long accepted = 0;
        long refused = 0;
        long identities = 0;
        for (int run = 0; run < settings.seeds(); run++) {
            int before = run;
            var market = new Market(settings, settings.seed() + run);
            runs.add(market.run(share -> progress.passed((before + share) / settings.seeds())));
            accepted += market.press().accepted();
            refused += market.press().refused();
            identities += market.identities();
        }
        return new Report.Builder()
                .text("scenario", "reputation")
                .text("policy", settings.policy().toString())
                .text("attack", settings.attack().toString())
                .rate("attackers", settings.attackers())
                .count("seed", settings.seed())
                .count("seeds", settings.seeds())
                .group("workload", workload())
                .group("badSwapRate", meanAndWorst(runs, Tallies::badRate))
                .group("lateBadSwapRate", meanAndWorst(runs, Tallies::lateBadRate))
                .rate("honestRefusedRate", mean(runs, Tallies::honestRefusedRate))
                .rate("honestRefusedRateWorst", worst(runs, Tallies::honestRefusedRate))
                .rate("lateHonestRefusedRate", mean(runs, Tallies::lateHonestRefusedRate))
                .rate("withoutPartnerRate", mean(runs, Tallies::withoutRate))
                .count("identities", identities / settings.seeds())
                .count("reportsAccepted", accepted / settings.seeds())
                .count("reportsRefused", refused / settings.seeds())
                .text("crypto", "model")
                .build();
    }

    private Report workload() {
        return new Report.Builder()
                .count("agents", settings.agents())
                .count("rounds", settings.rounds())
                .count("dealsPerRoundAndHonestAgent", 1)
                .count("candidates", Market.CANDIDATES)
                .rate("honestFailure", Market.HONEST_FAILURE)
                .rate("cheating", Villains.CHEATING)
                .rate("evidenceOfCheating", Market.EVIDENCE)
                .rate("evidenceOfHonestFailure", Market.FAILURE_EVIDENCE)
                .text("amountsUsd", "log-uniform 100 to 10000, cut to the exposure limit")
                .count("sybilsPerAttacker", settings.attack().sybils())
                .count("lateRounds", settings.rounds() / 4)
                .build();
    }

    private static Report meanAndWorst(List<Tallies> runs, ToDoubleFunction<Tallies> rate) {
        return new Report.Builder()
                .rate("mean", mean(runs, rate))
                .rate("worst", worst(runs, rate))
                .build();
    }

    private static double mean(List<Tallies> runs, ToDoubleFunction<Tallies> rate) {
        return runs.stream().mapToDouble(rate).average().orElse(0);
    }

    private static double worst(List<Tallies> runs, ToDoubleFunction<Tallies> rate) {
        return runs.stream().mapToDouble(rate).max().orElse(0);
    }
}
