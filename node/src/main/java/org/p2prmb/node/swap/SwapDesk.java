package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.SwapServer;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.protocols.swap.TermsCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/// An agent's swaps: one thread owns the engine, looks at the chains every few seconds while a swap
/// is open, and does what others ask of it in between.
///
/// It begins before there is a network, and [#join]s that later: until then it tells nobody
/// anything and opens no swap. When its journal fails it stops for good, and nothing is sent any
/// more.
public final class SwapDesk implements Settlement, SwapServer.Desk, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SwapDesk.class);

    private static final Duration NODE_LIMIT = Duration.ofSeconds(15);
    private static final Duration FIRST_LOOK_MAX = Duration.ofSeconds(30);
    private static final Duration OWNER_LIMIT = Duration.ofMinutes(2);
    private static final Duration PEER_LIMIT = Duration.ofSeconds(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Chains chains;
    private final PeerId self;
    private final SwapConfig config;
    private final Mailbox mailbox = new Mailbox();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private final FreshIndexes indexes;
    private final Thread thread;
    private volatile boolean closed;
    private volatile SetAside setAside;
    private volatile SwapEngine.Peers peers = (_, _) -> {};
    private volatile ToLongFunction<PeerId> limitCents = _ -> 0;

    // Of the one thread, but for closing the ledgers.
    private final SwapEngine engine;
    private final PromptLedgers ledgers;
    private final Notary notary;
    private final Expectations expectations = new Expectations();
    private final Refused refused = new Refused();
    private final Map<Bytes, Swap> open = new LinkedHashMap<>();

    private SwapDesk(Chains chains, KeyPair keys, SwapJournal journal, SwapConfig config) {
        this.chains = chains;
        this.self = keys.peerId();
        this.config = config;
        ledgers = new PromptLedgers(chains, NODE_LIMIT);
        // The wallet may be locked now and unlocked later.
        notary = new Notary(keys, ledgers, index -> chains.secrets().secret(index), config);
        engine =
                new SwapEngine(
                        journal,
                        ledgers::of,
                        index -> chains.secrets().secret(index),
                        (to, told) -> peers.tell(to, told),
                        Signatures.REAL);
        indexes = new FreshIndexes(engine.swaps());
        engine.swaps().forEach(this::watch);
        setAside = SetAside.of(engine, open.values());
        thread = Thread.ofPlatform().name("swaps").unstarted(this::run);
    }

    /// Goes on with the swaps of the journal, and returns after the first look at the chains, or 30
    /// seconds.
    public static SwapDesk open(
            Chains chains, KeyPair keys, SwapJournal journal, SwapConfig config) {
        var desk = new SwapDesk(chains, keys, journal, config);
        desk.thread.start();
        try {
            if (!desk.looked.await(FIRST_LOOK_MAX.toSeconds(), TimeUnit.SECONDS)) {
                log.warn("nodes are slow: the first look at the swaps goes on beside the start");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return desk;
    }

    /// From now on there is a network.
    ///
    /// @param limits how much may be in flight with an agent, in cents of US dollars
    public void join(SwapEngine.Peers network, ToLongFunction<PeerId> limits) {
        peers = network;
        limitCents = limits;
    }

    /// Completes when the swaps have stopped of a fault of their own, as when the journal fails.
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    private void watch(Swap swap) {
        if (!swap.isOver()) {
            open.put(swap.deal().terms().id(), swap);
        }
    }

    private void run() {
        try {
            look();
            looked.countDown();
            var next = System.nanoTime() + config.lookEvery().toNanos();
            while (!closed) {
                long left = open.isEmpty() ? Long.MAX_VALUE : next - System.nanoTime();
                if (left > 0) {
                    mailbox.serve(Duration.ofNanos(Math.min(left, config.lookEvery().toNanos())));
                    noticeChanges();
                } else {
                    look();
                    next = System.nanoTime() + config.lookEvery().toNanos();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) { // Supervisor
            if (!closed) {
                log.error("the swaps have stopped: nothing is sent any more", e);
                failure.complete(e);
            }
        } finally {
            mailbox.close();
            looked.countDown();
        }
    }

    private Instant now() {
        return chains.clock().instant();
    }

    private void look() {
        engine.look(now());
        noticeChanges();
    }

    /// Tells of swaps that ended, and what is set aside now.
    private void noticeChanges() {
        for (var id : List.copyOf(open.keySet())) {
            engine.find(id)
                    .ifPresent(swap -> {
                        if (swap.isOver()) {
                            open.remove(id);
                            log.info("swap {} is over: {}", id.toHex(), Stage.of(swap));
                            listeners.forEach(listener -> listener.ended(id, swap));
                        } else {
                            open.put(id, swap);
                        }
                    });
        }
        setAside = SetAside.of(engine, open.values());
    }

    @Override
    public Parties parties(Asset bought, Asset paid) throws LedgerException {
        var redeemer = chains.ledger(bought.chain());
        var refunder = chains.ledger(paid.chain());
        long index = indexes.next(now());
        return new Parties(index, redeemer.party(index), refunder.party(index));
    }

    @Override
    public Bytes sell(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo)
            throws LedgerException {
        return ask(() -> sell(new Notary.Sale(sold, buyer, redeemTo, refundTo)));
    }

    private <T> T ask(Mailbox.Work<T> work) throws LedgerException {
        try {
            return mailbox.ask(work, OWNER_LIMIT);
        } catch (ProtocolException e) {
            throw new IllegalStateException("no peer was heard", e);
        }
    }

    private Bytes sell(Notary.Sale sale) throws LedgerException {
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
        requireExposure(sale.buyer(), sale.sold().usdCents());
        var now = now();
        var inputs = engine.reservations().inputs();
        return begin(notary.made(sale, indexes.next(now), inputs, now), now);
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

    /// No more is in flight with anybody than its reputation allows (R34).
    private void requireExposure(PeerId peer, long usdCents) {
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
                                    peer.shortText(), limit / 100, inFlight / 100, usdCents / 100));
        }
    }

    @Override
    public void expect(Audit.Sold sold, PeerId seller, Instant until) {
        try {
            var _ =
                    ask(() -> {
                        expectations.add(sold, seller, now(), until);
                        return sold;
                    });
        } catch (LedgerException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    /// What a peer says; on disk when this returns.
    @Override
    public void heard(PeerId from, TermsCodec.Told told) throws ProtocolException {
        try {
            var _ =
                    mailbox.ask(
                            () -> {
                                hear(from, told);
                                return told;
                            },
                            PEER_LIMIT);
        } catch (LedgerException | IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()), e);
        }
    }

    private void hear(PeerId from, TermsCodec.Told told) throws LedgerException, ProtocolException {
        if (told.message() instanceof SwapMessage.Accept accept
                && engine.find(told.swap()).isEmpty()) {
            accepted(from, told.swap(), accept);
        } else {
            engine.heard(from, told, now());
        }
    }

    private void accepted(PeerId from, Bytes id, SwapMessage.Accept accept)
            throws LedgerException, ProtocolException {
        var terms = accept.terms();
        if (!terms.seller().equals(from) || !terms.buyer().equals(self) || !terms.id().equals(id)) {
            throw new ProtocolException("a contract of others, or under another name");
        }
        var now = now();
        var expected =
                expectations
                        .find(terms, now)
                        .orElseThrow(() -> new ProtocolException("no such contract is expected"));
        refused.requireNew(id);
        try {
            requireExposure(from, terms.usdCents());
            begin(notary.countersigned(accept, expected, now), now);
        } catch (IllegalArgumentException | ProtocolException e) {
            log.warn("the contract {} of {} is refused: {}", id.toHex(), from, e.getMessage());
            refused.add(id, from, String.valueOf(e.getMessage()), now);
            throw e;
        }
        expectations.remove(terms);
    }

    @Override
    public BigInteger free(Asset asset) throws LedgerException {
        var ledger = chains.ledger(asset.chain());
        var aside = setAside; // Before the balance: what a lock takes in between is taken twice.
        var free = ledger.balance(asset).subtract(aside.reserved(asset));
        if (asset.equals(ledger.feeAsset())) {
            free = free.subtract(ledger.feeReserve(asset));
            for (var promised : aside.promised()) {
                if (promised.chain().equals(asset.chain())) {
                    free = free.subtract(ledger.feeReserve(promised));
                }
            }
        }
        return free.max(BigInteger.ZERO);
    }

    /// What is not free, for whoever shows or spends the balance.
    public SetAside setAside() {
        return setAside;
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /// Looks at the chains now, and does what is due; returns then.
    public void lookNow() throws LedgerException {
        var _ =
                ask(() -> {
                    look();
                    return open.size();
                });
    }

    /// All swaps that the journal holds, those that are over included.
    public Collection<Swap> swaps() throws LedgerException {
        return ask(engine::swaps);
    }

    /// Stops: open swaps go on at the next start.
    @Override
    public void close() {
        closed = true;
        ledgers.close(); // Or a node that hangs would keep the thread.
        mailbox.close();
        try {
            if (!thread.join(CLOSE_LIMIT)) {
                log.warn("the swaps did not end within {}", CLOSE_LIMIT);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
