package org.p2prmb.simulation.reputation;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.ReportKind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// All attackers together: when they cheat, and what they do to be chosen nevertheless.
final class Villains {
    static final double CHEATING = 0.8;

    /// Of an oscillator's days it cheats on these.
    static final int OSCILLATION_DAYS = 30;

    static final int CHEATING_DAYS = 10;

    private static final long OPINION_CENTS = 100_000;

    private final Market market;
    private final Attack attack;
    private final RandomGenerator random;
    private final List<Trader> attackers;
    private final List<Trader> honest;
    private final Map<Trader, List<Identity>> sybils = new HashMap<>();
    private final Map<Trader, Integer> phases = new HashMap<>();
    private final Set<PeerId> caught = new HashSet<>();

    Villains(
            Market market,
            ReputationSettings settings,
            RandomGenerator random,
            List<Trader> traders) {
        this.market = market;
        this.attack = settings.attack();
        this.random = random;
        attackers = traders.stream().filter(trader -> !trader.honest()).toList();
        honest = traders.stream().filter(Trader::honest).toList();
        for (var attacker : attackers) {
            var names = new ArrayList<Identity>();
            for (int sybil = 0; sybil < attack.sybils(); sybil++) {
                names.add(market.identity(false));
            }
            sybils.put(attacker, names);
            phases.put(attacker, random.nextInt(OSCILLATION_DAYS));
        }
    }

    /// What they do in a round besides waiting for victims: every identity one thing.
    void act(int round) {
        for (var attacker : attackers) {
            switch (attack) {
                case SLANDER -> slander(attacker.identity());
                case COLLECTIVE -> {
                    slander(attacker.identity());
                    praise(attacker.identity(), other(attacker));
                }
                case SYBIL, OSCILLATE -> {}
                case WHITEWASH -> {
                    if (caught.contains(attacker.identity().peer())) {
                        market.rename(attacker);
                    }
                }
                case WASH -> wash(attacker);
            }
            for (var sybil : sybils.getOrDefault(attacker, List.of())) {
                if (random.nextBoolean()) {
                    slander(sybil);
                } else {
                    praise(sybil, attacker);
                }
            }
        }
    }

    private Trader other(Trader attacker) {
        var other = attackers.get(random.nextInt(attackers.size()));
        return other == attacker ? attackers.getFirst() : other;
    }

    private void slander(Identity reporter) {
        var victim = honest.get(random.nextInt(honest.size()));
        market.publish(reporter, victim.identity(), ReportKind.SOFT, OPINION_CENTS, null);
    }

    private void praise(Identity reporter, Trader attacker) {
        if (reporter != attacker.identity()) {
            market.publish(reporter, attacker.identity(), ReportKind.SETTLED, OPINION_CENTS, null);
        }
    }

    /// A real swap with another attacker, which costs both nothing but fees.
    private void wash(Trader attacker) {
        var other = other(attacker);
        if (other != attacker) {
            market.record(attacker.identity(), other.identity(), OPINION_CENTS, true, false);
        }
    }

    /// Whether this attacker cheats a client now.
    boolean cheats(Trader attacker, int round) {
        if (attack == Attack.OSCILLATE) {
            int day = (round + phases.getOrDefault(attacker, 0)) % OSCILLATION_DAYS;
            return day >= OSCILLATION_DAYS - CHEATING_DAYS && random.nextDouble() < CHEATING;
        }
        return random.nextDouble() < CHEATING;
    }

    /// After it cheated, it speaks ill of its victim.
    void cheated(Trader attacker, Trader victim) {
        caught.add(attacker.identity().peer());
        market.publish(
                attacker.identity(), victim.identity(), ReportKind.SOFT, OPINION_CENTS, null);
    }
}
