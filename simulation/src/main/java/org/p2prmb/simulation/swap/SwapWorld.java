package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.simulated.ChainRules;
import org.p2prmb.ledgers.simulated.SimulatedChain;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One swap from its contract to its end, in virtual time.
final class SwapWorld {
    static final Duration DOWN = Duration.ofHours(1);

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final Duration HANDLING = Duration.ofMinutes(10);
    private static final Duration SKEW = Duration.ofMinutes(2);
    static final Duration DOWNTIME = Duration.ofMinutes(55);
    private static final Duration SLACK = Duration.ofHours(6);
    private static final int HISTORY = 30;
    private static final Duration BEFORE = Duration.ofDays(1);
    private static final long AMOUNT = 10_000_000;

    private final SimulatedChain a;
    private final SimulatedChain b;
    private final int depthA;
    private final int depthB;
    private final RandomGenerator random;
    private final Map<Role, Party> parties = new EnumMap<>(Role.class);
    private final List<Letter> letters = new ArrayList<>();
    private final Hindrance hindrance;
    private final Duration down;
    private Deadlines deadlines;
    private Instant now = START;
    private Instant mineA = START;
    private Instant mineB = START;

    private record Letter(Instant at, Role to, TermsCodec.Told told) {}

    /// @param slowFirst whether the seller's chain is the slow one
    SwapWorld(boolean slowFirst, @Nullable Kill kill, Fault fault, long seed) {
        this(slowFirst, kill, fault, seed, DOWN);
    }

    /// @param down how long a party may be down by the margins; too little is to be found out
    SwapWorld(boolean slowFirst, @Nullable Kill kill, Fault fault, long seed, Duration down) {
        this.down = down;
        random = new SplittableRandom(seed);
        var quick = Chains.quick();
        var slow = Chains.slow();
        a = new SimulatedChain(slowFirst ? slow : quick, START.minus(BEFORE));
        b = new SimulatedChain(slowFirst ? quick : slow, START.minus(BEFORE));
        depthA = slowFirst ? Chains.SLOW_DEPTH : Chains.QUICK_DEPTH;
        depthB = slowFirst ? Chains.QUICK_DEPTH : Chains.SLOW_DEPTH;
        for (var role : Role.values()) {
            var party = new Party(role, a, b, kill, told -> post(role, told));
            parties.put(role, party);
        }
        deadlines = Deadlines.of(now, margins());
        hindrance = new Hindrance(fault, kill == null ? Role.SELLER : kill.role(), this);
    }

    /// The kinds of chains.
    private static final class Chains {
        static final int QUICK_DEPTH = 12;
        static final int SLOW_DEPTH = 3;

        private static ChainRules quick() {
            return new ChainRules(coin("quick"), Duration.ofSeconds(15), 1, 8, 10, true);
        }

        private static ChainRules slow() {
            return new ChainRules(coin("slow"), Duration.ofMinutes(10), 11, 4, 10, false);
        }

        private static Asset coin(String chain) {
            return new Asset("simulated:" + chain, chain.toUpperCase(Locale.ROOT), Bytes.EMPTY, 8);
        }
    }

    private void post(Role from, TermsCodec.Told told) {
        hindrance
                .copies(random)
                .forEach(delay -> letters.add(new Letter(now.plus(delay), from.other(), told)));
    }

    /// Runs to the end; returns which invariants broke.
    List<String> run() {
        for (var party : parties.values()) {
            a.give(party.ledger(Side.A).known().address(), 3 * AMOUNT);
            b.give(party.ledger(Side.B).known().address(), 3 * AMOUNT);
        }
        for (int block = HISTORY; block > 0; block--) {
            a.mine(START.minus(a.rules().block().multipliedBy(block)));
            b.mine(START.minus(b.rules().block().multipliedBy(block)));
        }
        var terms = terms();
        deadlines = terms.deadlines();
        var end = terms.deadlines().refundA().plus(a.rules().pace(depthA).confirm()).plus(SLACK);
        open(terms);
        while (now.isBefore(end) && !isOver()) {
            now = now.plus(STEP);
            mine();
            hindrance.step(now);
            deliver();
            for (var party : parties.values()) {
                party.act(now, DOWNTIME, engine -> engine.look(party.clock(now)));
            }
        }
        return new Invariants(this, terms).violations();
    }

    private boolean isOver() {
        return parties.values().stream()
                .allMatch(party -> party.isOver() || hindrance.isGone(party.role()));
    }

    Deadlines deadlines() {
        return deadlines;
    }

    private Deadlines.Margins margins() {
        return new Deadlines.Margins(
                a.rules().pace(depthA), b.rules().pace(depthB), HANDLING, SKEW, down);
    }

    private Terms terms() {
        var seller = party(Role.SELLER);
        var buyer = party(Role.BUYER);
        var deadlines = Deadlines.of(now, margins());
        return new Terms(
                Canonical.domain("simulated/window").sha256(),
                seller.keys().peerId(),
                buyer.keys().peerId(),
                leg(Side.A, buyer, seller, deadlines.refundA(), depthA),
                leg(Side.B, seller, buyer, deadlines.refundB(), depthB),
                seller.secret(Party.INDEX).hash(),
                deadlines,
                100_000,
                now,
                now.plus(HANDLING));
    }

    private Leg leg(Side side, Party redeemer, Party refunded, Instant refundAt, int depth) {
        var chain = chain(side);
        return new Leg(
                chain.rules().coin(),
                BigInteger.valueOf(AMOUNT),
                redeemer.ledger(side).known().template(chain.rules().coin()),
                redeemer.ledger(side).party(Party.INDEX),
                refunded.ledger(side).party(Party.INDEX),
                refundAt,
                depth);
    }

    private void open(Terms terms) {
        var seller = party(Role.SELLER);
        seller.act(
                now,
                DOWNTIME,
                engine -> {
                    try {
                        var lock =
                                seller.ledger(Side.A)
                                        .sign(terms.a(), terms.hash(), Party.INDEX, List.of());
                        var deal = deal(terms, lock.ref(), seller, Bytes.EMPTY);
                        engine.open(new SellerSwap.Selected(deal, lock), now);
                    } catch (LedgerException e) {
                        throw new IllegalStateException("a node that is up", e);
                    }
                });
    }

    private Deal deal(Terms terms, Bytes refA, Party seller, Bytes buyerSigned) {
        var signed = Deal.sign(terms, refA, seller.keys(), new ModelSignatures());
        return new Deal(terms, Party.INDEX, refA, signed, buyerSigned, a.height(), b.height());
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
                countersign(accept, party, engine);
            } else {
                engine.heard(party(party.role().other()).keys().peerId(), read, party.clock(now));
            }
        } catch (ProtocolException | LedgerException e) {
            // The other side tries again.
        }
    }

    private void countersign(SwapMessage.Accept accept, Party buyer, SwapEngine engine)
            throws ProtocolException, LedgerException {
        var terms = accept.terms();
        Deal.verify(terms, accept.refA(), terms.seller(), accept.signed(), new ModelSignatures());
        var sold =
                new Audit.Sold(
                        Canonical.domain("simulated/window").sha256(),
                        a.rules().coin(),
                        BigInteger.valueOf(AMOUNT),
                        b.rules().coin(),
                        BigInteger.valueOf(AMOUNT),
                        100_000,
                        Party.INDEX);
        var objection =
                Audit.objection(
                        terms,
                        accept.refA(),
                        sold,
                        buyer.ledger(Side.A),
                        buyer.ledger(Side.B),
                        margins(),
                        buyer.clock(now));
        if (objection.isEmpty()) {
            var signed = Deal.sign(terms, accept.refA(), buyer.keys(), new ModelSignatures());
            engine.open(
                    new BuyerSwap.Countersigned(
                            new Deal(
                                    terms,
                                    Party.INDEX,
                                    accept.refA(),
                                    accept.signed(),
                                    signed,
                                    a.height(),
                                    b.height())),
                    buyer.clock(now));
        }
    }

    private void mine() {
        while (!mineA.plus(a.rules().block()).isAfter(now)) {
            mineA = mineA.plus(a.rules().block());
            a.mine(mineA);
        }
        while (!mineB.plus(b.rules().block()).isAfter(now)) {
            mineB = mineB.plus(b.rules().block());
            b.mine(mineB);
        }
    }

    SimulatedChain chain(Side side) {
        return side == Side.A ? a : b;
    }

    int depth(Side side) {
        return side == Side.A ? depthA : depthB;
    }

    Party party(Role role) {
        return Optional.ofNullable(parties.get(role)).orElseThrow();
    }

    Instant now() {
        return now;
    }

    Hindrance hindrance() {
        return hindrance;
    }
}
