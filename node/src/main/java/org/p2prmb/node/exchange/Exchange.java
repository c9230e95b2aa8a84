package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.BidderMachine;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.ExchangeServer;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowMachine;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The exchange of one agent: what it sells and buys, who it hears and who it answers.
///
/// ```text
/// topic of the pair --> Topics ---news--> Selling: windows of our offers --> Claims --> swaps
/// a stream -----------> Exchange -------> Buying: bids of our purchases --> Winnings --> swaps
/// ```
///
/// Once a second it does what is due. Safe for many threads.
public final class Exchange implements ExchangeServer.Desk, AutoCloseable {
    /// How the tags of offers begin in our profile.
    public static final String TAG_PREFIX = Shelf.PREFIX;

    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(Exchange.class);

    private final Surroundings with;
    private final OfferBook book;
    private final Purchases purchases;
    private final Topics topics;
    private final Beacons beacons;
    private final Claims claims;
    private final Prudence prudence;
    private final Selling selling;
    private final Buying buying;
    private final Winnings winnings;
    private final Seeking seeking;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicBoolean polling = new AtomicBoolean();
    private final Thread sweeper;
    private volatile boolean reconciled;

    // Of the sweeping thread.
    private Set<Pair> pairs = Set.of();
    private Set<Offering> shown = Set.of();

    /// @param windowsMax of ours that are open at a time
    /// @param bidsMax windows that we bid in at a time
    public record Bounds(int windowsMax, int bidsMax) {
        public static Bounds defaults() {
            return new Bounds(16, 64);
        }
    }

    private Exchange(Surroundings with, Bounds bounds) {
        this.with = with;
        purchases = new Purchases(now());
        book = new OfferBook(with.data());
        topics =
                new Topics(
                        with.gossip(),
                        with.chains().clock(),
                        new MonotonicClock(),
                        with.opinions(),
                        this::heard);
        beacons = new Beacons(with.chains());
        claims = new Claims(book, with.settlement());
        prudence = new Prudence(with, book, purchases);
        selling = new Selling(with, book, topics, beacons, prudence, bounds.windowsMax());
        buying = new Buying(with, purchases, topics, beacons, prudence, bounds.bidsMax());
        winnings = new Winnings(with, purchases);
        seeking = new Seeking(with, purchases, topics, buying);
        sweeper = Thread.ofVirtual().name("exchange").unstarted(this::run);
    }

    /// Goes on with the offers that are kept, and serves others from now on.
    ///
    /// Throws [org.p2prmb.node.config.UserException] when what is kept is damaged.
    public static Exchange start(Surroundings with, Bounds bounds) {
        var exchange = new Exchange(with, bounds);
        exchange.begin();
        return exchange;
    }

    private void begin() {
        with.settlement().addListener((_, swap) -> with.disk().accept(() -> book.noted(swap)));
        selling.start();
        buying.start();
        with.host().handle(ExchangeServer.PROTOCOL, new ExchangeServer(this, new MonotonicClock()));
        sweeper.start();
    }

    private Instant now() {
        return with.chains().clock().instant();
    }

    @Override
    public ExchangeResponse answer(PeerId from, ExchangeRequest request)
            throws InterruptedException {
        return switch (request) {
            case ExchangeRequest.OfferAsked(var id) -> offer(id);
            case ExchangeRequest.OffersAsked asked -> offers(asked);
            case ExchangeRequest.Wanted(var wanted) ->
                    new ExchangeResponse.Windows(
                            reconciled ? selling.wanted(wanted.statement()) : List.of());
            case ExchangeRequest.Committed commit -> selling.committed(commit);
            case ExchangeRequest.ProofAsked(var window) -> selling.proofAsked(from, window);
            case ExchangeRequest.Revealed reveal -> selling.revealed(reveal);
            case ExchangeRequest.ResultAsked(var window) -> selling.result(window);
            case ExchangeRequest.Claimed claim ->
                    reconciled
                            ? claims.claimed(from, claim)
                            : new ExchangeResponse.Refused(Refusal.NOT_YET);
            case ExchangeRequest.Proven proof -> buying.proven(proof);
            case ExchangeRequest.Concluded(var notice) -> buying.concluded(notice);
        };
    }

    private ExchangeResponse offer(Bytes id) {
        var own = book.find(id);
        return own.isEmpty()
                ? new ExchangeResponse.Refused(Refusal.UNKNOWN_OFFER)
                : new ExchangeResponse.Offers(List.of(listed(own.get())));
    }

    private ExchangeResponse offers(ExchangeRequest.OffersAsked asked) {
        var listed = new ArrayList<ExchangeResponse.Listed>();
        for (var own : book.all()) {
            boolean fits =
                    own.offer().give().equals(asked.give())
                            && own.offer().want().equals(asked.want());
            if (fits && own.left(now()) > 0 && listed.size() < ExchangeResponse.ITEMS_MAX) {
                listed.add(listed(own));
            }
        }
        return new ExchangeResponse.Offers(listed);
    }

    private ExchangeResponse.Listed listed(OwnOffer own) {
        return new ExchangeResponse.Listed(own.signed(), own.left(now()));
    }

    private void heard(News news) {
        try {
            switch (news) {
                case News.Wanted(var wanted) -> {
                    if (reconciled) {
                        var _ = selling.wanted(wanted.statement());
                    }
                }
                case News.Revealed reveal -> selling.heard(reveal);
                case News.Opened _, News.Rooted _, News.Concluded _ -> buying.heard(news);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        }
    }

    private void run() {
        try {
            do {
                sweep();
            } while (!closing.await(SWEEP_EVERY.toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closed.
        } catch (RuntimeException | Error e) { // Supervisor
            if (closing.getCount() > 0) {
                with.died().accept(e);
            }
        }
    }

    private void sweep() throws InterruptedException {
        var now = now();
        reconcile();
        claims.sweep(now);
        selling.announceAgain();
        trade(now);
        seeking.sweep(now);
        winnings.sweep(now);
        buying.sweep(now);
        if (!beacons.isIdle(now) && polling.compareAndSet(false, true)) {
            var started =
                    with.errands()
                            .start(() -> {
                                try {
                                    beacons.poll(block -> {
                                        selling.block(new WindowMachine.Event.Block(block));
                                        buying.block(new BidderMachine.Event.Block(block));
                                    });
                                } finally {
                                    polling.set(false);
                                }
                            });
            polling.compareAndSet(true, started);
        }
    }

    /// What was promised before we were killed is brought in line with the journal, before anything
    /// is sold anew.
    private void reconcile() {
        if (!reconciled) {
            try {
                book.reconcile(with.settlement().swaps());
                reconciled = true;
            } catch (LedgerException e) {
                log.warn("nothing is sold yet, the swaps do not answer: {}", e.getMessage());
            }
        }
    }

    /// Is in the topics of what is traded now, and shows what is on sale.
    private void trade(Instant now) throws InterruptedException {
        var traded = new HashSet<>(purchases.pairs(now));
        var offerings = new HashSet<Offering>();
        for (var own : book.all()) {
            if (own.left(now) > 0) {
                traded.add(own.offer().pair());
                var offer = own.offer();
                offerings.add(Shelf.offering(offer.give(), offer.want(), selling.denied()));
            }
        }
        if (!traded.equals(pairs)) {
            topics.trade(traded);
            pairs = traded;
        }
        if (!offerings.equals(shown)) {
            with.shopfront().show(offerings);
            shown = offerings;
        }
    }

    /// Offers something from now on; on disk when this returns. What is on sale already is not
    /// offered twice.
    ///
    /// Throws `IllegalArgumentException` when it is not ours, or there are too many.
    public Signed<Offer> sell(Offer offer, Duration window, boolean confirm) {
        var signed = Form.OFFER.seal(offer, with.host().keys());
        return book.add(signed, window, confirm, now()).signed();
    }

    Surroundings surroundings() {
        return with;
    }

    OfferBook book() {
        return book;
    }

    Selling selling() {
        return selling;
    }

    Prudence prudence() {
        return prudence;
    }

    Purchases purchases() {
        return purchases;
    }

    /// Buys from now on; the same request again is no second purchase.
    ///
    /// Throws as [Purchases#add].
    String buy(Purchase.Order order) {
        return purchases.add(order, now()).id();
    }

    @Override
    public void close() {
        closing.countDown();
        with.host().unhandle(ExchangeServer.PROTOCOL);
        topics.close();
        selling.close();
        buying.close();
        sweeper.interrupt();
    }
}
