package org.p2prmb.simulation.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapCodec;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.TermsCodec;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One party: its keys, its disk, its nodes, and its process, which can be killed.
final class Party {
    private final Role role;
    private final Bytes seed;
    private final KeyPair keys;
    private final Journal disk = new Journal();
    private final Boundaries boundaries;
    private final HinderedLedger a;
    private final HinderedLedger b;
    private final Consumer<TermsCodec.Told> post;
    private final List<String> violations = new ArrayList<>();
    private final Map<Bytes, Swap> swaps = new LinkedHashMap<>();
    private final Map<Bytes, SignedLock> locks = new HashMap<>();
    private Optional<SwapEngine> engine = Optional.empty();
    private Instant downUntil = Instant.MIN;
    private Duration skew = Duration.ZERO;
    private boolean keysLocked;

    Party(Role role, Chain a, Chain b, @Nullable Kill kill, Consumer<TermsCodec.Told> post) {
        this.role = role;
        seed = Canonical.domain("simulated/seed").text(role.toString()).sha256();
        keys = KeyPair.ed25519(Canonical.domain("simulated/keys").bytes(seed).sha256());
        boundaries = new Boundaries(role, kill);
        this.a = new HinderedLedger(a, seed, this::sent);
        this.b = new HinderedLedger(b, seed, this::sent);
        this.post = post;
        start();
    }

    private void start() {
        a.restart(keysLocked);
        b.restart(keysLocked);
        engine =
                Optional.of(
                        new SwapEngine(
                                new WatchedDisk(),
                                chain -> chain.equals(a.chain()) ? a : b,
                                index -> keysLocked ? Optional.empty() : Optional.of(secret(index)),
                                (_, told) -> tell(told),
                                new ModelSignatures()));
    }

    /// Saves as the disk does, unless the party is killed then.
    private final class WatchedDisk implements SwapJournal {
        @Override
        public void save(Bytes id, Bytes state) {
            var swap = swap(state);
            boundaries.cross("save " + name(swap), () -> saved(id, state, swap));
        }

        @Override
        public void forget(Bytes id) {
            disk.forget(id);
            swaps.remove(id);
        }

        @Override
        public Map<Bytes, Bytes> load() {
            return disk.load();
        }
    }

    private void saved(Bytes id, Bytes state, Swap swap) {
        disk.save(id, state);
        swaps.put(id, swap);
        swap.signedLock().ifPresent(lock -> locks.put(id, lock));
        Promises.violation(saved(), side -> ledger(side).known()).ifPresent(violations::add);
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

    /// What the disk holds.
    Collection<Swap> saved() {
        return List.copyOf(swaps.values());
    }

    /// What the disk holds of one swap.
    Optional<Swap> saved(Bytes id) {
        return Optional.ofNullable(swaps.get(id));
    }

    private void sent(SignedTx tx, Runnable effect) {
        var sent =
                saved().stream()
                        .flatMap(swap -> Sent.of(swap, tx).stream())
                        .findFirst()
                        .orElse(Sent.UNKNOWN);
        if (sent == Sent.UNKNOWN) {
            violations.add("I4: something is sent that is not on the disk for it");
        }
        boundaries.cross("send " + sent.text(), effect);
    }

    /// What a transaction is, by the state on the disk that lets it be sent.
    private enum Sent {
        LOCK,
        REFUND,
        CANCEL,
        REDEEM,
        UNKNOWN;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Sent> of(Swap swap, SignedTx tx) {
            var lock = swap.signedLock();
            if (lock.isEmpty()) {
                return Optional.empty();
            }
            boolean isBound =
                    !(swap instanceof SellerSwap.Selected)
                            && !(swap instanceof BuyerSwap.Countersigned);
            if (lock.get().steps().contains(tx) && isBound) {
                return Optional.of(LOCK);
            }
            if (lock.get().refunds().contains(tx)) {
                return Optional.of(REFUND);
            }
            if (lock.get().cancels().contains(tx)) {
                return Optional.of(CANCEL);
            }
            var redeems =
                    switch (swap) {
                        case SellerSwap.Revealing revealing -> revealing.redeems();
                        case BuyerSwap.SecretKnown known -> known.redeems();
                        default -> List.<SignedTx>of();
                    };
            return redeems.contains(tx) ? Optional.of(REDEEM) : Optional.empty();
        }
    }

    private void tell(TermsCodec.Told told) {
        if (saved(told.swap()).isEmpty()) {
            violations.add("I4: something is told and nothing held");
        }
        if (told.message() instanceof SwapMessage.SecretIs && !isPublic(told.swap())) {
            violations.add("I4: the secret is told before it is in a block");
        }
        boundaries.cross(
                "tell " + told.message().getClass().getSimpleName(), () -> post.accept(told));
    }

    private boolean isPublic(Bytes id) {
        var swap = saved(id).orElseThrow();
        var terms = swap.deal().terms();
        try {
            return b.known()
                                    .view(
                                            terms.b(),
                                            terms.hash(),
                                            swap.ref(Side.B),
                                            swap.deal().sinceB(),
                                            List.of())
                            instanceof LockView.Redeemed(var _, var depth)
                    && depth > 0;
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
    }

    Secret secret(long index) {
        return new Secret(
                Canonical.domain("simulated/secret").bytes(seed).longNumber(index).sha256());
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

    /// From the next start on the owner's keys are locked away.
    void lockKeys() {
        keysLocked = true;
    }

    void skew(Duration by) {
        skew = by;
    }

    Instant clock(Instant now) {
        return now.plus(skew);
    }

    boolean isOver() {
        return !saved().isEmpty() && saved().stream().allMatch(Swap::isOver);
    }

    /// How a swap ended for this party.
    String outcome(Bytes id) {
        return saved(id)
                .map(swap ->
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
        for (var swap : saved()) {
            var terms = swap.deal().terms();
            var lock = locks.get(terms.id());
            if (lock != null && now.isAfter(terms.a().refundAt())) {
                for (var refund : lock.refunds()) {
                    try {
                        a.known().send(refund);
                    } catch (LedgerException e) {
                        throw new IllegalStateException("a node that is up", e);
                    }
                }
            }
        }
    }

    HinderedLedger ledger(Side side) {
        return side == Side.A ? a : b;
    }

    /// The lock that it signed for a swap, whether it was sent or not.
    Optional<SignedLock> lock(Bytes id) {
        return Optional.ofNullable(locks.get(id));
    }

    Role role() {
        return role;
    }

    Bytes seed() {
        return seed;
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
