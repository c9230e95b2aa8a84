package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.node.wallet.SwapIndexes;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Stage;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What the one thread of the swaps does with the engine: opens swaps within the bounds, hears
/// peers, and notices what ends. One owner; whatever it refuses is an `IllegalArgumentException` in
/// the owner's words.
final class Clerk {
    private static final Logger log = LoggerFactory.getLogger(Clerk.class);
    private static final int CENTS = 100;

    private final PeerId self;
    private final SwapConfig config;
    private final SwapEngine engine;
    private final Notary notary;
    private final SwapIndexes indexes;
    private final ToLongFunction<PeerId> limitCents;
    private final Settlement.Listener ended;
    private final Expectations expectations = new Expectations();
    private final Refused refused;
    private final Map<Bytes, Swap> open = new LinkedHashMap<>();

    /// @param limitCents how much may be in flight with an agent
    /// @param ended hears of each swap that ends
    Clerk(
            PeerId self,
            SwapConfig config,
            SwapEngine engine,
            Notary notary,
            SwapIndexes indexes,
            ToLongFunction<PeerId> limitCents,
            Settlement.Listener ended) {
        this.self = self;
        this.config = config;
        this.engine = engine;
        this.notary = notary;
        this.indexes = indexes;
        this.limitCents = limitCents;
        this.ended = ended;
        refused = new Refused(config.lookEvery());
        engine.swaps().forEach(this::watch);
    }

    private void watch(Swap swap) {
        if (!swap.isOver()) {
            open.put(swap.deal().terms().id(), swap);
        }
    }

    boolean isIdle() {
        return open.isEmpty();
    }

    void look(Instant now) {
        engine.look(now);
        noticeChanges();
    }

    private void noticeChanges() {
        for (var id : List.copyOf(open.keySet())) {
            engine.find(id)
                    .ifPresent(swap -> {
                        if (swap.isOver()) {
                            open.remove(id);
                            log.info("swap {} is over: {}", id.toHex(), Stage.of(swap));
                            ended.ended(id, swap);
                        } else {
                            open.put(id, swap);
                        }
                    });
        }
    }

    /// One contract for each winner of a window, however often it is asked for: whoever asked may
    /// have been killed, or have gone, before it had the answer.
    Bytes sell(Notary.Sale sale, Instant now) throws LedgerException {
        var made = engine.swaps().stream().filter(swap -> isOf(swap, sale)).findFirst();
        if (made.isPresent()) {
            if (made.get().isOver()) {
                throw new IllegalArgumentException("its contract is over");
            }
            return made.get().deal().terms().id();
        }
        requireFunding();
        requireExposure(sale.buyer(), sale.sold().usdCents());
        return begin(notary.made(sale, indexes.next(), setAside(), now), now);
    }

    private static boolean isOf(Swap swap, Notary.Sale sale) {
        var terms = swap.deal().terms();
        return swap.own() == Side.A
                && terms.window().equals(sale.sold().window())
                && terms.buyer().equals(sale.buyer());
    }

    /// Buyers who vanish freeze so many of our locks, and no more (decision 20).
    private void requireFunding() {
        long unfunded =
                open.values().stream()
                        .filter(SellerSwap.class::isInstance)
                        .filter(swap -> swap.reserves() || swap instanceof SellerSwap.Locked)
                        .count();
        if (unfunded >= config.unfundedLocksMax()) {
            throw new IllegalArgumentException(
                    "%d locks of ours wait for the other side's: no more at a time"
                            .formatted(unfunded));
        }
    }

    private Bytes begin(Swap first, Instant now) {
        var terms = first.deal().terms();
        engine.open(first, now);
        engine.find(terms.id()).ifPresent(this::watch);
        log.info("swap {} with {} is open", terms.id().toHex(), other(terms).shortText());
        noticeChanges();
        return terms.id();
    }

    private PeerId other(Terms terms) {
        return terms.seller().equals(self) ? terms.buyer() : terms.seller();
    }

    /// No more is in flight with anybody than its reputation allows, nor with all together than the
    /// owner does (R34).
    private void requireExposure(PeerId peer, long usdCents) {
        long all = setAside().inFlightCents();
        if (all + usdCents > config.inFlightCentsMax()) {
            throw new IllegalArgumentException(
                    "%d USD may be in flight with all together (swap.inFlightUsdMax), %d are, and"
                                    .formatted(config.inFlightUsdMax(), all / CENTS)
                            + " %s wants %d more".formatted(peer.shortText(), usdCents / CENTS));
        }
        long inFlight =
                open.values().stream()
                        .map(swap -> swap.deal().terms())
                        .filter(terms -> other(terms).equals(peer))
                        .mapToLong(Terms::usdCents)
                        .sum();
        long limit = limitCents.applyAsLong(peer);
        if (inFlight + usdCents > limit) {
            throw new IllegalArgumentException(
                    "%s may have %d USD in flight with us, has %d, and wants %d more"
                            .formatted(
                                    peer.shortText(),
                                    limit / CENTS,
                                    inFlight / CENTS,
                                    usdCents / CENTS));
        }
    }

    void expect(Audit.Sold sold, PeerId seller, Instant until, Instant now) {
        expectations.add(sold, seller, now, until);
    }

    void forgo(Bytes window, PeerId seller) {
        expectations.remove(seller, window);
    }

    Optional<String> refusal(Bytes window, PeerId seller, Instant now) {
        return refused.last(window, seller, now);
    }

    void hear(PeerId from, TermsCodec.Told told, Instant now)
            throws LedgerException, ProtocolException {
        if (told.message() instanceof SwapMessage.Accept accept
                && engine.find(told.swap()).isEmpty()) {
            accepted(from, told.swap(), accept, now);
        } else {
            engine.heard(from, told, now);
        }
        noticeChanges();
    }

    private void accepted(PeerId from, Bytes id, SwapMessage.Accept accept, Instant now)
            throws LedgerException, ProtocolException {
        var terms = accept.terms();
        if (!terms.seller().equals(from) || !terms.buyer().equals(self) || !terms.id().equals(id)) {
            throw new ProtocolException("a contract of others, or under another name");
        }
        var expected =
                expectations
                        .find(terms, now)
                        .orElseThrow(() -> new ProtocolException("no such contract is expected"));
        refused.requireDue(id, now);
        try {
            requireExposure(from, expected.sold().usdCents());
            begin(notary.countersigned(accept, expected, setAside(), now), now);
        } catch (IllegalArgumentException | ProtocolException e) {
            if (refused.add(terms, String.valueOf(e.getMessage()), now)) {
                log.warn("the contract {} of {} is refused: {}", id.toHex(), from, e.getMessage());
            }
            throw e;
        }
        expectations.remove(from, terms.window());
        refused.remove(id);
    }

    /// Ends a swap of which nothing of ours may be locked; does nothing to others.
    void withdraw(Bytes id, Instant now) {
        engine.withdraw(id, now);
        noticeChanges();
    }

    SetAside setAside() {
        return SetAside.of(engine, open.values());
    }

    Collection<Swap> swaps() {
        return engine.swaps();
    }

    /// All swaps, with when they began their states; the chains are not asked.
    List<SwapReport> reports() {
        return engine.swaps().stream()
                .map(swap -> SwapReport.unseen(swap, engine.timeline(swap.deal().terms().id())))
                .toList();
    }

    /// One swap, and what our nodes show of its locks.
    SwapReport report(Bytes id) {
        var swap =
                engine.find(id)
                        .orElseThrow(() -> new IllegalArgumentException("there is no such swap"));
        return new SwapReport(
                swap, engine.timeline(id), engine.sight(swap, Side.A), engine.sight(swap, Side.B));
    }

    List<Refused.Contract> refused() {
        return refused.all();
    }
}
