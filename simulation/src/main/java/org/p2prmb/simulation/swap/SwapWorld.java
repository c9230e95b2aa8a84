package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.TermsCodec;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Swaps from their contracts to their ends, in virtual time.
final class SwapWorld {
    static final Duration DOWN = Duration.ofHours(1);
    static final Duration DOWNTIME = Duration.ofMinutes(55);

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final Duration SLACK = Duration.ofHours(6);
    private static final int HISTORY = 30;
    private static final Duration BEFORE = Duration.ofDays(1);

    /// Swaps at once, of those faults, and what a balance is worth in swaps.
    private static final int CROWD = 3;

    private static final double ENOUGH = 3.6;
    private static final double SCARCE = 2.4;

    private final Chain a;
    private final Chain b;
    private final RandomGenerator random;
    private final Map<Role, Party> parties = new EnumMap<>(Role.class);
    private final List<Letter> letters = new ArrayList<>();
    private final Hindrance hindrance;
    private final Deals deals;
    private final Optional<Role> scarce;
    private Instant now = START;
    private Instant mineA = START;
    private Instant mineB = START;

    private record Letter(Instant at, Role to, TermsCodec.Told told) {}

    /// @param slowFirst whether the seller's chain is the slow one
    /// @param down how long a party may be down by the margins; too little is to be found out
    SwapWorld(
            Keyring keyring,
            boolean slowFirst,
            @Nullable Kill kill,
            Fault fault,
            long seed,
            Duration down) {
        random = new SplittableRandom(seed);
        var quick = new Chain.Quick(keyring, START.minus(BEFORE));
        var slow = new Chain.Slow(keyring, START.minus(BEFORE));
        a = slowFirst ? slow : quick;
        b = slowFirst ? quick : slow;
        for (var role : Role.values()) {
            parties.put(role, new Party(role, a, b, kill, told -> post(role, told)));
        }
        deals = new Deals(this, fault.isCrowd() ? CROWD : 1, down);
        var killed = kill == null ? Role.SELLER : kill.role();
        hindrance = new Hindrance(fault, killed, this);
        scarce =
                switch (fault) {
                    case CROWD -> Optional.of(killed);
                    case PEER_CROWD -> Optional.of(killed.other());
                    default -> Optional.empty();
                };
    }

    private void post(Role from, TermsCodec.Told told) {
        hindrance
                .copies(random)
                .forEach(delay -> letters.add(new Letter(now.plus(delay), from.other(), told)));
    }

    /// Runs to the end; returns which invariants broke.
    List<String> run() {
        for (var party : parties.values()) {
            double worth = scarce.filter(party.role()::equals).isPresent() ? SCARCE : ENOUGH;
            a.give(party.seed(), worth, (int) worth);
            b.give(party.seed(), worth, (int) worth);
        }
        for (int block = HISTORY; block > 0; block--) {
            a.blocks().mine(START.minus(a.block().multipliedBy(block)));
            b.blocks().mine(START.minus(b.block().multipliedBy(block)));
        }
        var pace = party(Role.SELLER).ledger(Side.A).pace(a.depth());
        var end = deals.deadlines().refundA().plus(pace.confirm()).plus(SLACK);
        while (now.isBefore(end) && !isOver()) {
            for (var party : parties.values()) {
                party.act(now, DOWNTIME, engine -> look(party, engine));
            }
            now = now.plus(STEP);
            mine();
            hindrance.step(now);
            deliver();
        }
        return new Invariants(this).violations();
    }

    private void look(Party party, SwapEngine engine) {
        if (party.role() == Role.SELLER) {
            deals.open(engine, now);
        }
        engine.look(party.clock(now));
    }

    private boolean isOver() {
        return now.isAfter(START.plus(Deals.HANDLING))
                && parties.values().stream()
                        .allMatch(party -> party.isOver() || hindrance.isGone(party.role()));
    }

    private void deliver() {
        var due = letters.stream().filter(letter -> !letter.at().isAfter(now)).toList();
        letters.removeAll(due);
        for (var letter : due) {
            var party = party(letter.to());
            party.act(now, DOWNTIME, engine -> hear(party, engine, letter.told()));
        }
    }

    private void hear(Party party, SwapEngine engine, TermsCodec.Told told) {
        try {
            var read = TermsCodec.decode(TermsCodec.encode(told));
            if (read.message() instanceof SwapMessage.Accept accept
                    && engine.find(read.swap()).isEmpty()) {
                deals.countersign(accept, engine);
            } else {
                engine.heard(party(party.role().other()).keys().peerId(), read, party.clock(now));
            }
        } catch (ProtocolException | LedgerException | IllegalArgumentException e) {
            // Refused, or not possible now: the other side tries again.
        }
    }

    private void mine() {
        while (!mineA.plus(a.block()).isAfter(now)) {
            mineA = mineA.plus(a.block());
            a.blocks().mine(mineA);
        }
        while (!mineB.plus(b.block()).isAfter(now)) {
            mineB = mineB.plus(b.block());
            b.blocks().mine(mineB);
        }
    }

    Chain chain(Side side) {
        return side == Side.A ? a : b;
    }

    Party party(Role role) {
        return Optional.ofNullable(parties.get(role)).orElseThrow();
    }

    Deals deals() {
        return deals;
    }

    Deadlines deadlines() {
        return deals.deadlines();
    }

    Instant now() {
        return now;
    }

    Hindrance hindrance() {
        return hindrance;
    }
}
