package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEvent.Sight;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs every swap of an agent, one event at a time: decide, save, act.
///
/// It needs its journal and the nodes of its chains, and neither the peer nor the network: what was
/// begun is finished without them (R29). It has one owner, and is not safe for several threads.
public final class SwapEngine {
    /// Swaps that are not over.
    public static final int OPEN_MAX = 256;

    /// Of more swaps that are over the one that ended first is forgotten, and its hash.
    static final int OVER_MAX = 8_192;

    private static final Logger log = LoggerFactory.getLogger(SwapEngine.class);

    /// An action leads to an event, and that to actions, so often at most.
    private static final int DEPTH_MAX = 8;

    private final SwapJournal journal;
    private final Ledgers ledgers;
    private final Peers peers;
    private final Signatures signatures;
    private final Map<Bytes, Swap> swaps = new LinkedHashMap<>();
    private final Map<Bytes, Timeline> timelines = new HashMap<>();
    private final Funds funds;
    private final SwapSigner signer;

    /// Tells another agent something; whether it arrives is seen by what it does next.
    @FunctionalInterface
    public interface Peers {
        void tell(PeerId to, TermsCodec.Told told);
    }

    /// The ledgers by the CAIP-2 names of their chains.
    @FunctionalInterface
    public interface Ledgers {
        /// Throws [LedgerException] when there is no node of this chain, or not now.
        Ledger of(String chain) throws LedgerException;
    }

    /// Reads the journal: what it holds goes on with the next [#look].
    public SwapEngine(
            SwapJournal journal,
            Ledgers ledgers,
            Secrets secrets,
            Peers peers,
            Signatures signatures) {
        this.journal = journal;
        this.ledgers = ledgers;
        this.peers = peers;
        this.signatures = signatures;
        funds = new Funds(ledgers, Collections.unmodifiableCollection(swaps.values()));
        signer = new SwapSigner(ledgers, secrets, funds);
        journal.load().forEach(this::restore);
    }

    private void restore(Bytes id, Bytes state) {
        try {
            keep(id, SwapCodec.decode(state));
            timelines.put(id, SwapCodec.timeline(state));
        } catch (ProtocolException e) {
            throw new IllegalStateException(
                    "the journal's state of swap %s is of another release".formatted(id.toHex()),
                    e);
        }
    }

    /// In the order of their last change, so that those that ended first come first.
    private void keep(Bytes id, Swap swap) {
        swaps.remove(id);
        swaps.put(id, swap);
        if (swaps.size() > OPEN_MAX + OVER_MAX) {
            swaps.entrySet().stream()
                    .filter(entry -> entry.getValue().isOver())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .ifPresent(this::forget);
        }
    }

    private void forget(Bytes id) {
        journal.forget(id);
        swaps.remove(id);
        timelines.remove(id);
        funds.forget(id);
        signer.forget(id);
    }

    /// All swaps that the journal holds, those that are over included.
    public Collection<Swap> swaps() {
        return List.copyOf(swaps.values());
    }

    public Optional<Swap> find(Bytes id) {
        return Optional.ofNullable(swaps.get(id));
    }

    /// When the swap entered its states.
    public Timeline timeline(Bytes id) {
        return timelines.getOrDefault(id, Timeline.EMPTY);
    }

    /// What open swaps have set aside; nothing else may be promised.
    public Reservations reservations() {
        return funds.reservations();
    }

    /// Whether the lock of this swap is still to be paid for out of the balance.
    public boolean takes(Swap swap) {
        return funds.takes(swap);
    }

    /// Opens a swap in its first state, in which what it needs is reserved: on disk before anybody
    /// hears of it.
    ///
    /// Throws `IllegalArgumentException` when it is open already, another one has its hash (R1),
    /// there are too many, or what is not promised yet does not suffice (R26), or no gas is there
    /// for what ends its locks (R9).
    public void open(Swap first, Instant now) {
        var terms = first.deal().terms();
        long open = swaps.values().stream().filter(swap -> !swap.isOver()).count();
        Limits.require(open < OPEN_MAX, "too many open swaps");
        Limits.require(!swaps.containsKey(terms.id()), "this swap is open already");
        Limits.require(!knowsHash(terms.hash()), "a swap with this hash was made before");
        funds.require(first);
        save(terms.id(), first, now);
        look(terms.id(), now);
    }

    /// Whether any swap that is kept, also one that is over, hangs on this hash.
    public boolean knowsHash(Bytes hash) {
        return swaps.values().stream().anyMatch(swap -> swap.deal().terms().hash().equals(hash));
    }

    private void save(Bytes id, Swap swap, Instant now) {
        var timeline = timeline(id).with(Stage.of(swap), now);
        journal.save(id, SwapCodec.encode(swap, timeline));
        timelines.put(id, timeline);
        keep(id, swap);
    }

    /// Takes what the other party of a swap says. It is on disk when this returns, and may be
    /// acknowledged.
    ///
    /// Throws [ProtocolException] when it is not for that party to say, or not true.
    public void heard(PeerId from, TermsCodec.Told told, Instant now) throws ProtocolException {
        var swap = swaps.get(told.swap());
        if (swap == null) {
            throw new ProtocolException("no such swap");
        }
        var terms = swap.deal().terms();
        var isSeller = swap instanceof SellerSwap;
        if (!from.equals(isSeller ? terms.buyer() : terms.seller())) {
            throw new ProtocolException("a swap of others");
        }
        switch (told.message()) {
            case SwapMessage.CounterSign(var signed) when isSeller -> {
                Deal.verify(terms, swap.deal().refA(), from, signed, signatures);
                requireGas(swap);
                on(told.swap(), new SwapEvent.CounterSigned(signed), now);
            }
            case SwapMessage.LockB(var ref) when isSeller ->
                    on(told.swap(), new SwapEvent.LockTold(ref), now);
            case SwapMessage.SecretIs(var secret) when !isSeller ->
                    on(told.swap(), new SwapEvent.SecretTold(secret), now);
            case SwapMessage.Accept _ when !isSeller -> {} // It is in our journal already.
            default -> throw new ProtocolException("not for this side to say");
        }
    }

    /// Gas may be gone since we gave our word. Nothing is locked yet, and the buyer says it again.
    private void requireGas(Swap swap) throws ProtocolException {
        try {
            if (swap instanceof SellerSwap.Selected && !signer.mayLock(swap)) {
                throw new ProtocolException("nothing can be locked now");
            }
        } catch (LedgerException e) {
            throw new ProtocolException("a node does not answer", e);
        }
    }

    /// Ends a swap of which nothing of ours may be locked.
    public void withdraw(Bytes id, Instant now) {
        on(id, new SwapEvent.Withdrawn(), now);
    }

    /// Asks the nodes what became of each open swap, and goes on with it. To be called every few
    /// seconds, and after a start.
    public void look(Instant now) {
        for (var id : List.copyOf(swaps.keySet())) {
            look(id, now);
        }
    }

    private void look(Bytes id, Instant now) {
        predicted(id).ifPresent(ref -> on(id, new SwapEvent.LockTold(ref), now));
        var swap = swaps.get(id);
        if (swap != null && !swap.isOver()) {
            var a = sight(swap, Side.A);
            var b = sight(swap, Side.B);
            (swap.own() == Side.A ? a : b).ifPresent(own -> funds.note(id, own.lock()));
            if ((swap.own() == Side.A ? b : a)
                    .filter(other -> other.lock() instanceof LockView.Locked)
                    .isPresent()) {
                signer.renewed(swap).ifPresent(signed -> on(id, signed, now));
            }
            on(id, new SwapEvent.Looked(a, b), now);
        }
    }

    /// What the buyer's lock is called where that follows from the terms: nobody needs to say so,
    /// and nobody can mislead us.
    private Optional<Bytes> predicted(Bytes id) {
        if (!(swaps.get(id) instanceof SellerSwap swap) || swap.isOver()) {
            return Optional.empty();
        }
        var terms = swap.deal().terms();
        try {
            return ledger(terms.b())
                    .predict(terms.b(), terms.hash())
                    .filter(ref -> !ref.equals(swap.peerRef()));
        } catch (LedgerException e) {
            log.debug("{} cannot be asked", terms.b().asset().chain(), e);
            return Optional.empty();
        }
    }

    /// What our node shows of one side; nothing when it does not answer.
    public Optional<Sight> sight(Swap swap, Side side) {
        var deal = swap.deal();
        var leg = deal.leg(side);
        var ref = swap.ref(side);
        try {
            var ledger = ledger(leg);
            var tip = ledger.tip();
            if (ref.size() == 0) {
                return Optional.of(new Sight(tip, new LockView.Absent())); // Nobody named it yet.
            }
            return Optional.of(
                    new Sight(
                            tip,
                            ledger.view(
                                    leg,
                                    deal.terms().hash(),
                                    ref,
                                    deal.since(side),
                                    swap.inputs(side))));
        } catch (LedgerException e) {
            log.debug("{} cannot be looked at", leg.asset().chain(), e);
            return Optional.empty();
        }
    }

    private Ledger ledger(Leg leg) throws LedgerException {
        return ledgers.of(leg.asset().chain());
    }

    private void on(Bytes id, SwapEvent event, Instant now) {
        on(id, event, now, DEPTH_MAX);
    }

    private void on(Bytes id, SwapEvent event, Instant now, int depth) {
        var swap = swaps.get(id);
        if (swap == null || depth == 0) {
            return;
        }
        var step =
                switch (swap) {
                    case SellerSwap seller -> SellerSwap.step(seller, event, now);
                    case BuyerSwap buyer -> BuyerSwap.step(buyer, event, now);
                };
        if (!step.next().equals(swap)) {
            save(id, step.next(), now); // First the disk,
        }
        var follows = new ArrayList<SwapEvent>();
        for (var action : step.actions()) { // then the world.
            act(step.next(), action).ifPresent(follows::add);
        }
        follows.forEach(next -> on(id, next, now, depth - 1));
    }

    private Optional<SwapEvent> act(Swap swap, SwapAction action) {
        try {
            return switch (action) {
                case SwapAction.Send(var side, var tx) -> {
                    ledger(swap.deal().leg(side)).send(tx);
                    yield Optional.empty();
                }
                case SwapAction.Tell(var message) -> {
                    var terms = swap.deal().terms();
                    peers.tell(
                            swap instanceof SellerSwap ? terms.buyer() : terms.seller(),
                            new TermsCodec.Told(terms.id(), message));
                    yield Optional.empty();
                }
                case SwapAction.SignLock() -> signer.lock(swap);
                case SwapAction.SignRedeem(var side) -> signer.redeem(swap, side);
            };
        } catch (LedgerException e) {
            log.debug("{} has to be tried again", action, e);
            return Optional.empty();
        }
    }
}
