package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.node.wallet.Pledges;
import org.p2prmb.node.wallet.SwapIndexes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapJournal;
import org.p2prmb.protocols.swap.SwapServer;
import org.p2prmb.protocols.swap.TermsCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
public final class SwapDesk implements Settlement, Pledges, SwapServer.Desk, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SwapDesk.class);

    private static final Duration NODE_LIMIT = Duration.ofSeconds(15);
    private static final Duration FIRST_LOOK_MAX = Duration.ofSeconds(30);
    private static final Duration OWNER_LIMIT = Duration.ofMinutes(2);
    private static final Duration PEER_LIMIT = Duration.ofSeconds(20);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Chains chains;
    private final Duration lookEvery;
    private final long inFlightCentsMax;
    private final Mailbox mailbox = new Mailbox();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final CountDownLatch looked = new CountDownLatch(1);
    private final PromptLedgers ledgers;
    private final SwapIndexes indexes;
    private final Clerk clerk; // Of the one thread, from its start on.
    private final Thread thread;
    private volatile boolean closed;
    private volatile SetAside setAside;
    private volatile SwapEngine.Peers peers = (_, _) -> {};
    private volatile ToLongFunction<PeerId> limitCents = _ -> 0;

    private SwapDesk(Chains chains, KeyPair keys, SwapJournal journal, SwapConfig config) {
        this.chains = chains;
        lookEvery = config.lookEvery();
        inFlightCentsMax = config.inFlightCentsMax();
        ledgers = new PromptLedgers(chains, NODE_LIMIT);
        var engine =
                new SwapEngine(
                        journal,
                        ledgers::of,
                        index -> chains.secrets().secret(index), // Locked now, open later.
                        (to, told) -> peers.tell(to, told),
                        Signatures.REAL);
        indexes = new SwapIndexes(new MonotonicClock(), greatest(engine.swaps()));
        clerk =
                new Clerk(
                        keys.peerId(),
                        config,
                        engine,
                        new Notary(keys, ledgers, chains, config),
                        indexes,
                        peer -> limitCents.applyAsLong(peer),
                        this::ended);
        setAside = clerk.setAside();
        thread = Thread.ofPlatform().name("swaps").unstarted(this::run);
    }

    private static long greatest(Collection<Swap> known) {
        return known.stream().mapToLong(swap -> swap.deal().index()).max().orElse(-1);
    }

    private void ended(Bytes id, Swap swap) {
        listeners.forEach(listener -> listener.ended(id, swap));
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

    private void run() {
        try {
            look();
            looked.countDown();
            var next = nextLook();
            while (!closed) {
                long left = next - System.nanoTime();
                if (left > 0 || clerk.isIdle()) {
                    mailbox.serve(left > 0 ? Duration.ofNanos(left) : lookEvery);
                } else {
                    look();
                    next = nextLook();
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

    private long nextLook() {
        return System.nanoTime() + lookEvery.toNanos();
    }

    /// By the clock that swaps are made by.
    Instant now() {
        return chains.clock().instant();
    }

    private void look() {
        clerk.look(now());
        setAside = clerk.setAside();
    }

    private <T> T ask(Mailbox.Work<T> work) throws LedgerException {
        try {
            return mailbox.ask(noting(work), OWNER_LIMIT);
        } catch (ProtocolException e) {
            throw new IllegalStateException("no peer was heard", e);
        }
    }

    /// Whoever has an answer also sees what is set aside since.
    private <T> Mailbox.Work<T> noting(Mailbox.Work<T> work) {
        return () -> {
            var result = work.run();
            setAside = clerk.setAside();
            return result;
        };
    }

    @Override
    public Parties parties(Asset bought, Asset paid) throws LedgerException {
        var redeemer = chains.ledger(bought.chain());
        var refunder = chains.ledger(paid.chain());
        long index = indexes.next();
        return new Parties(index, redeemer.party(index), refunder.party(index));
    }

    @Override
    public Bytes sell(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo)
            throws LedgerException {
        return ask(() -> clerk.sell(new Notary.Sale(sold, buyer, redeemTo, refundTo), now()));
    }

    @Override
    public void expect(Audit.Sold sold, PeerId seller, Instant until) {
        try {
            var _ =
                    ask(() -> {
                        clerk.expect(sold, seller, until, now());
                        return sold;
                    });
        } catch (LedgerException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void forgo(Bytes window, PeerId seller) throws LedgerException {
        var _ =
                ask(() -> {
                    clerk.forgo(window, seller);
                    return window;
                });
    }

    @Override
    public Optional<String> refusal(Bytes window, PeerId seller) throws LedgerException {
        return ask(() -> clerk.refusal(window, seller, now()));
    }

    /// What a peer says; on disk when this returns.
    @Override
    public void heard(PeerId from, TermsCodec.Told told) throws ProtocolException {
        try {
            var _ =
                    mailbox.ask(
                            noting(() -> {
                                clerk.hear(from, told, now());
                                return told;
                            }),
                            PEER_LIMIT);
        } catch (LedgerException | IllegalArgumentException e) {
            throw new ProtocolException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public BigInteger free(Asset asset) throws LedgerException {
        var aside = setAside; // Before the balance: what a lock takes in between is taken twice.
        var ledger = chains.ledger(asset.chain());
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

    @Override
    public Optional<BigInteger> room(Asset asset) throws LedgerException {
        var aside = setAside; // Before the balance, as above.
        return HoldMax.room(chains.holdMax(asset), chains::ledger, aside);
    }

    @Override
    public long centsLeft() {
        return Math.max(0, inFlightCentsMax - setAside.inFlightCents());
    }

    /// What is not free, at this moment.
    SetAside setAside() {
        return setAside;
    }

    /// On the one thread of the swaps, so that no swap begins meanwhile.
    @Override
    public <T> T during(Pledges.Work<T> work) throws LedgerException {
        return ask(() -> work.run(clerk.setAside().pledged(ledgers::of)));
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public Collection<Swap> swaps() throws LedgerException {
        return ask(clerk::swaps);
    }

    /// All swaps, in the order of their last change; the chains are not asked.
    List<SwapReport> reports() throws LedgerException {
        return ask(clerk::reports);
    }

    /// One swap, with what our nodes show of its locks.
    ///
    /// Throws `IllegalArgumentException` when there is none.
    SwapReport report(Bytes id) throws LedgerException {
        return ask(() -> clerk.report(id));
    }

    /// Looks at the chains now, and does what is due.
    void lookNow() throws LedgerException {
        var _ =
                ask(() -> {
                    clerk.look(now());
                    return clerk.isIdle();
                });
    }

    /// Ends a swap of which nothing of ours may be locked, and does nothing to others; says what
    /// became of it.
    ///
    /// Throws `IllegalArgumentException` when there is none.
    SwapReport withdraw(Bytes id) throws LedgerException {
        return ask(() -> {
            clerk.withdraw(id, now());
            return clerk.report(id);
        });
    }

    /// The contracts that were not countersigned, the last ones.
    List<Refused.Contract> refused() throws LedgerException {
        return ask(clerk::refused);
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
