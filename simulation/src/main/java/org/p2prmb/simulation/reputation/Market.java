package org.p2prmb.simulation.reputation;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.Exposure;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.ReportKind;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;

/// One run: in each round, a day, every honest agent looks at five others, chooses one and makes a
/// deal, of which both tell what became.
final class Market {
    static final double HONEST_FAILURE = 0.01;
    static final double EVIDENCE = 0.7;

    /// An honest failure, such as a side that never begins, proves nothing.
    static final double FAILURE_EVIDENCE = 0;

    static final int CANDIDATES = 5;
    static final long CENTS_MIN = 10_000;
    static final long CENTS_MAX = 1_000_000;
    static final int CUSTODIANS = 8;

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MORNING = Duration.ofHours(6);
    private static final int CUSTODIANS_ASKED = 4;

    /// Between two deals of a day.
    private static final Duration STEP = Duration.ofSeconds(5);

    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final ReputationSettings settings;
    private final RandomGenerator random;
    private final List<Trader> traders = new ArrayList<>();
    private final Map<PeerId, Trader> byPeer = new HashMap<>();
    private final Deals deals = new Deals();
    private final Press press = new Press(deals);
    private final Exposure exposure = Exposure.defaults();
    private final Averages averages = new Averages();
    private final Villains villains;
    private final Tallies tallies;
    private Instant now = START;

    Market(ReputationSettings settings, long seed) {
        this.settings = settings;
        random = new SplittableRandom(seed);
        tallies = new Tallies(settings.rounds());
        int attackers = (int) Math.round(settings.agents() * settings.attackers());
        for (int agent = 0; agent < settings.agents(); agent++) {
            var trader = new Trader(identity(agent >= attackers));
            traders.add(trader);
            byPeer.put(trader.identity().peer(), trader);
        }
        villains = new Villains(this, settings, random, List.copyOf(traders));
    }

    Tallies run(DoubleConsumer progress) {
        var order = new ArrayList<>(traders.stream().filter(Trader::honest).toList());
        for (int round = 0; round < settings.rounds(); round++) {
            now = START.plus(Duration.ofDays(round));
            villains.act(round);
            now = now.plus(MORNING);
            Collections.shuffle(order, java.util.Random.from(random));
            for (var client : order) {
                now = now.plus(STEP);
                deal(round, client);
            }
            progress.accept((round + 1.0) / settings.rounds());
        }
        return tallies;
    }

    Press press() {
        return press;
    }

    long identities() {
        return byPeer.size();
    }

    /// A new identity, whose reports are kept by agents that chance names.
    Identity identity(boolean honest) {
        var custodians = random.ints(0, settings.agents()).distinct().limit(CUSTODIANS).toArray();
        return new Identity(random, honest, custodians);
    }

    /// An attacker goes on as somebody new.
    void rename(Trader trader) {
        trader.become(identity(false));
        byPeer.put(trader.identity().peer(), trader);
    }

    /// The client deals with the best of its candidates. It asks others about one only when that
    /// one looks best, and then may think otherwise.
    private void deal(int round, Trader client) {
        var candidates = candidates(client);
        var choice = new Choice(candidates.size());
        for (int index = 0; index < candidates.size(); index++) {
            choice.looks(index, score(client, candidates.get(index)));
        }
        long wanted = amount();
        boolean dealt = false;
        for (int best = choice.best(); best >= 0 && !dealt; best = choice.best()) {
            var provider = candidates.get(best);
            if (!choice.wasAskedAbout(best)) {
                ask(client, provider, round);
                choice.asked(best, score(client, provider));
            } else {
                long cents = Math.min(wanted, limit(client, provider, round));
                dealt = cents > 0;
                if (dealt) {
                    deal(round, client, provider, cents);
                } else {
                    choice.refuse(best);
                }
            }
        }
        if (!dealt) {
            tallies.foundNobody();
        }
        for (int index = 0; index < candidates.size(); index++) {
            if (candidates.get(index).honest()) {
                tallies.judgedHonest(round, choice.score(index) < Exposure.TRADE_MIN);
            }
        }
    }

    /// What both would risk with each other, in cents.
    private long limit(Trader client, Trader provider, int round) {
        if (settings.policy() != Policy.EVIDENCE) {
            return CENTS_MAX;
        }
        long limit = limit(client, provider);
        if (limit > 0 && provider.honest()) {
            ask(provider, client, round);
            long other = limit(provider, client);
            tallies.judgedHonest(round, other == 0);
            limit = Math.min(limit, other);
        }
        return limit;
    }

    private long limit(Trader judge, Trader subject) {
        return judge.book().limitCents(subject.identity().peer(), exposure, now);
    }

    private List<Trader> candidates(Trader client) {
        var candidates = new ArrayList<Trader>();
        while (candidates.size() < CANDIDATES) {
            var other = traders.get(random.nextInt(traders.size()));
            if (other != client && !candidates.contains(other)) {
                candidates.add(other);
            }
        }
        return candidates;
    }

    /// Log-uniform.
    private long amount() {
        double exponent = random.nextDouble() * StrictMath.log((double) CENTS_MAX / CENTS_MIN);
        return Math.round(CENTS_MIN * StrictMath.exp(exponent));
    }

    private double score(Trader judge, Trader subject) {
        var peer = subject.identity().peer();
        return switch (settings.policy()) {
            case NONE -> 1;
            case AVERAGE -> averages.of(peer);
            case EVIDENCE -> judge.book().score(peer, now);
        };
    }

    /// Asks some of the subject's custodians, and the agents that were right most often.
    private void ask(Trader judge, Trader asked, int round) {
        if (settings.policy() == Policy.EVIDENCE) {
            ask(judge, asked.identity(), round);
        }
    }

    private void ask(Trader judge, Identity subject, int round) {
        int first = random.nextInt(CUSTODIANS);
        for (int next = 0; next < CUSTODIANS_ASKED; next++) {
            pull(judge, traders.get(subject.custodian((first + next) % CUSTODIANS)), subject);
        }
        for (var peer : judge.credible(round)) {
            var source = byPeer.get(peer);
            if (source != null) {
                pull(judge, source, subject);
            }
        }
    }

    private void pull(Trader judge, Trader source, Identity subject) {
        if (source != judge) {
            judge.pull(source, subject.peer(), now);
        }
    }

    private void deal(int round, Trader client, Trader provider, long cents) {
        boolean settled =
                provider.honest()
                        ? random.nextDouble() >= HONEST_FAILURE
                        : !villains.cheats(provider, round);
        boolean provable = random.nextDouble() < (provider.honest() ? FAILURE_EVIDENCE : EVIDENCE);
        tallies.dealt(round, settled);
        now = now.plus(SETTLING);
        record(client.identity(), provider.identity(), cents, settled, provable);
        if (!settled && !provider.honest()) {
            villains.cheated(provider, client);
        }
    }

    /// A deal takes place, and both sides tell of it.
    void record(Identity client, Identity provider, long cents, boolean settled, boolean provable) {
        var deal = deals.add(client.peer(), provider.peer(), cents, settled, provable);
        if (settled) {
            publish(client, provider, ReportKind.SETTLED, cents, deal);
            publish(provider, client, ReportKind.SETTLED, cents, deal);
        } else {
            var kind = provable ? ReportKind.NO_FUNDING : ReportKind.SOFT;
            publish(client, provider, kind, cents, deal);
        }
    }

    /// A report goes to the subject's custodians, and a verified fault to everybody.
    void publish(
            Identity reporter,
            Identity subject,
            ReportKind kind,
            long cents,
            Deals.@Nullable Deal deal) {
        var printed = press.print(reporter, subject, kind, cents, deal, now);
        if (printed.isEmpty()) {
            return;
        }
        switch (settings.policy()) {
            case NONE -> {}
            case AVERAGE -> averages.add(subject.peer(), kind.good());
            case EVIDENCE -> distribute(reporter, subject, printed.get());
        }
    }

    private void distribute(Identity reporter, Identity subject, Filed filed) {
        var author = byPeer.get(reporter.peer());
        if (author != null) {
            author.file(filed, !reporter.honest(), now);
        }
        if (filed.fault() && press.mayPublish(reporter, now)) {
            for (var trader : traders) {
                trader.file(filed, !reporter.honest(), now);
            }
            return;
        }
        for (int index = 0; index < subject.custodians(); index++) {
            traders.get(subject.custodian(index)).file(filed, !reporter.honest(), now);
        }
    }
}
