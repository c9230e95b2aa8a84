package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.simulated.SimulatedChain;
import org.p2prmb.ledgers.simulated.SimulatedLedger;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapCodec;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.TermsCodec;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One party: its keys, its disk, its nodes, and its process, which can be killed.
final class Party {
    static final long INDEX = 7;

    private final Role role;
    private final KeyPair keys;
    private final Journal disk = new Journal();
    private final Boundaries boundaries;
    private final HinderedLedger a;
    private final HinderedLedger b;
    private final Consumer<TermsCodec.Told> post;
    private final List<String> violations = new ArrayList<>();
    private Optional<SignedLock> lock = Optional.empty();
    private Optional<SwapEngine> engine = Optional.empty();
    private Instant downUntil = Instant.MIN;
    private Duration skew = Duration.ZERO;

    Party(
            Role role,
            SimulatedChain a,
            SimulatedChain b,
            @Nullable Kill kill,
            Consumer<TermsCodec.Told> post) {
        this.role = role;
        var seed = Bytes.utf8(role.toString());
        keys = KeyPair.ed25519(Canonical.domain("simulated/keys").bytes(seed).sha256());
        boundaries = new Boundaries(role, kill);
        this.a = new HinderedLedger(new SimulatedLedger(a, seed), this::sent);
        this.b = new HinderedLedger(new SimulatedLedger(b, seed), this::sent);
        this.post = post;
        start();
    }

    private void start() {
        engine =
                Optional.of(
                        new SwapEngine(
                                new WatchedDisk(),
                                chain -> chain.equals(a.chain()) ? a : b,
                                index -> Optional.of(secret(index)),
                                (_, told) -> tell(told),
                                new ModelSignatures()));
    }

    /// Saves as the disk does, unless the party is killed then.
    private final class WatchedDisk implements SwapJournal {
        @Override
        public void save(Bytes id, Bytes state) {
            var swap = swap(state);
            boundaries.cross("save " + name(swap), () -> disk.save(id, state));
            lock = swap.signedLock().or(() -> lock);
        }

        @Override
        public void forget(Bytes id) {
            disk.forget(id);
        }

        @Override
        public Map<Bytes, Bytes> load() {
            return disk.load();
        }
    }

    private static Swap swap(Bytes state) {
        try {
            return SwapCodec.decode(state);
        } catch (ProtocolException e) {
            throw new IllegalStateException("I6: a state that cannot be read", e);
        }
    }

    private static String name(Swap swap) {
        return swap.getClass().getSimpleName();
    }

    /// What the disk holds of the only swap.
    Optional<Swap> saved() {
        return disk.load().values().stream().findFirst().map(Party::swap);
    }

    private void sent(SignedTx tx, Runnable effect) {
        var swap = saved().orElseThrow();
        var what = what(swap, tx);
        if (what.equals("lock") && swap.reserves() && !isBound(swap)) {
            violations.add("I4: a lock is sent and not bound");
        }
        if (what.equals("redeem")
                && !(swap instanceof SellerSwap.Revealing)
                && !(swap instanceof BuyerSwap.SecretKnown)) {
            violations.add("I4: a redeem is sent in " + name(swap));
        }
        boundaries.cross("send " + what, effect);
    }

    private static boolean isBound(Swap swap) {
        return !(swap instanceof SellerSwap.Selected) && !(swap instanceof BuyerSwap.Countersigned);
    }

    private static String what(Swap swap, SignedTx tx) {
        var lock = swap.signedLock();
        if (lock.isEmpty()) {
            return "nothing";
        }
        if (lock.get().steps().contains(tx)) {
            return "lock";
        }
        if (lock.get().refunds().contains(tx)) {
            return "refund";
        }
        return lock.get().cancels().contains(tx) ? "cancel" : "redeem";
    }

    private void tell(TermsCodec.Told told) {
        if (saved().isEmpty()) {
            violations.add("I4: something is told and nothing held");
        }
        boundaries.cross(
                "tell " + told.message().getClass().getSimpleName(), () -> post.accept(told));
    }

    Secret secret(long index) {
        return new Secret(
                Canonical.domain("simulated/secret")
                        .bytes(Bytes.utf8(role.toString()))
                        .longNumber(index)
                        .sha256());
    }

    /// Does something with the engine, which may kill the party.
    void act(Instant now, Duration downtime, Consumer<SwapEngine> what) {
        if (engine.isEmpty() && !now.isBefore(downUntil)) {
            start();
        }
        if (engine.isPresent()) {
            try {
                what.accept(engine.get());
            } catch (Kill.Killed e) {
                stop(now.plus(downtime));
            }
        }
    }

    /// Ends the process until then.
    void stop(Instant until) {
        engine = Optional.empty();
        downUntil = until;
    }

    void skew(Duration by) {
        skew = by;
    }

    Instant clock(Instant now) {
        return now.plus(skew);
    }

    boolean isOver() {
        return saved().map(Swap::isOver).orElse(false);
    }

    /// How it ended for this party.
    String outcome() {
        return saved().map(swap ->
                        switch (swap) {
                            case SellerSwap.Ended ended -> ended.outcome().toString();
                            case BuyerSwap.Ended ended -> ended.outcome().toString();
                            default -> "open";
                        })
                .orElse("none");
    }

    /// Takes its lock back whenever the chain lets it, though it has the other one: as no machine
    /// of ours does.
    void steal(Instant now) {
        if (saved().isPresent() && now.isAfter(saved().get().deal().terms().a().refundAt())) {
            for (var refund : lock.map(SignedLock::refunds).orElse(List.of())) {
                try {
                    a.known().send(refund);
                } catch (LedgerException e) {
                    return; // Too early, or too late.
                }
            }
        }
    }

    HinderedLedger ledger(Side side) {
        return side == Side.A ? a : b;
    }

    /// The lock that it signed, whether it was sent or not.
    Optional<SignedLock> lock() {
        return lock;
    }

    Role role() {
        return role;
    }

    KeyPair keys() {
        return keys;
    }

    Boundaries boundaries() {
        return boundaries;
    }

    List<String> violations() {
        return violations;
    }
}
