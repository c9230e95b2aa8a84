package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.DepthRule;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Stage;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.TermsCodec;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Desks of several agents in one town, which hear each other when the test says so: looks and
/// messages come in an order that repeats.
final class DeskRig implements AutoCloseable {
    static final long LOT_CENTS = 100_000;
    static final BigInteger GOLD_AMOUNT = BigInteger.valueOf(1_000_000);
    static final BigInteger CORN_AMOUNT = BigInteger.valueOf(4_000_000);

    /// Looks only when it is told to.
    static final SwapConfig CONFIG =
            SwapConfig.defaults()
                    .withLookEvery(Duration.ofMinutes(1))
                    .withInFlightUsdMax(2_500)
                    .withDepths(List.of(new DepthRule("*", 2, 3)));

    final SimulatedTown town = new SimulatedTown(Instant.parse("2026-11-30T12:00:00Z"));
    private final Map<PeerId, Party> parties = new LinkedHashMap<>();

    /// One agent, whose desk can end and begin again.
    final class Party {
        final KeyPair keys;
        final SimulatedTown.Wallet wallet;
        final Disk disk = new Disk();
        final List<String> ended = new ArrayList<>();
        final Queue<Letter> outbox = new ConcurrentLinkedQueue<>();
        volatile boolean muted;
        volatile long limitCents = 10 * LOT_CENTS;
        private final SwapConfig config;
        private SwapDesk desk;

        private Party(String name, SwapConfig config) {
            this.config = config;
            keys = KeyPair.ed25519(Canonical.domain("test/keys").text(name).sha256());
            wallet = town.wallet(name);
            desk = open();
        }

        private SwapDesk open() {
            var opened = SwapDesk.open(wallet, keys, disk, config);
            opened.addListener((_, swap) -> ended.add(Stage.of(swap).toString()));
            return opened;
        }

        void join() {
            desk.join(this::tell, _ -> limitCents);
        }

        private void tell(PeerId to, TermsCodec.Told told) {
            if (!muted) {
                outbox.add(new Letter(to, told));
            }
        }

        SwapDesk desk() {
            return desk;
        }

        PeerId peer() {
            return keys.peerId();
        }

        /// Its process ends and begins again, without a network at first.
        void restart() {
            desk.close();
            outbox.clear();
            desk = open();
        }

        /// Looks at the chains, and does what is due.
        void look() throws LedgerException {
            desk.lookNow();
        }

        String stage() throws LedgerException {
            return desk.swaps().stream()
                    .map(swap -> Stage.of(swap).toString())
                    .reduce("", String::concat);
        }

        Swap swap() throws LedgerException {
            return desk.swaps().iterator().next();
        }
    }

    /// A message under way.
    record Letter(PeerId to, TermsCodec.Told told) {}

    /// A disk that outlives the process.
    static final class Disk implements SwapJournal {
        private final Map<Bytes, Bytes> states = new LinkedHashMap<>();
        volatile boolean broken;

        @Override
        public synchronized void save(Bytes swap, Bytes state) {
            if (broken) {
                throw new IllegalStateException("the disk is broken");
            }
            states.remove(swap);
            states.put(swap, state);
        }

        @Override
        public synchronized void forget(Bytes swap) {
            states.remove(swap);
        }

        @Override
        public synchronized Map<Bytes, Bytes> load() {
            return new LinkedHashMap<>(states);
        }
    }

    /// An agent that has joined the network.
    Party party(String name) {
        return party(name, CONFIG);
    }

    Party party(String name, SwapConfig config) {
        var party = new Party(name, config);
        party.join();
        parties.put(party.peer(), party);
        return party;
    }

    static Audit.Sold sold(String window, long index) {
        return sold(window, index, LOT_CENTS);
    }

    private static Audit.Sold sold(String window, long index, long usdCents) {
        return new Audit.Sold(
                Canonical.domain("test/window").text(window).sha256(),
                SimulatedTown.GOLD,
                GOLD_AMOUNT,
                SimulatedTown.CORN,
                CORN_AMOUNT,
                usdCents,
                index);
    }

    /// A window has sold a lot of the seller to the buyer; returns the swap's id.
    Bytes agree(Party seller, Party buyer, String window) throws LedgerException {
        return agree(seller, buyer, window, LOT_CENTS);
    }

    Bytes agree(Party seller, Party buyer, String window, long usdCents) throws LedgerException {
        var parties = buyer.desk().parties(SimulatedTown.GOLD, SimulatedTown.CORN);
        buyer.desk()
                .expect(
                        sold(window, parties.index(), usdCents),
                        seller.peer(),
                        town.now().plus(Duration.ofMinutes(10)));
        return seller.desk()
                .sell(
                        sold(window, 0, usdCents),
                        buyer.peer(),
                        parties.redeemTo(),
                        parties.refundTo());
    }

    /// All messages arrive; what is refused is lost.
    void deliver() {
        for (var from : parties.values()) {
            for (var next = from.outbox.poll(); next != null; next = from.outbox.poll()) {
                var to = parties.get(next.to());
                try {
                    to.desk().heard(from.peer(), next.told());
                } catch (ProtocolException _) {
                    // It is told again.
                }
            }
        }
    }

    /// Everybody looks, hears, and a block passes.
    void step() throws LedgerException {
        for (var party : parties.values()) {
            party.look();
            deliver();
        }
        town.pass();
    }

    /// Until both have come to an end, or too many blocks have passed.
    void run(Party first, Party second) throws LedgerException {
        for (int step = 0; step < 500; step++) {
            if (first.swap().isOver() && second.swap().isOver()) {
                return;
            }
            step();
        }
        throw new AssertionError("no end: " + first.stage() + ", " + second.stage());
    }

    @Override
    public void close() {
        parties.values().forEach(party -> party.desk().close());
    }
}
