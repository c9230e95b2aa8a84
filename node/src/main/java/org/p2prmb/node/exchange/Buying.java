package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.BidderMachine;
import org.p2prmb.protocols.exchange.BidderMachine.Action;
import org.p2prmb.protocols.exchange.BidderMachine.Event;
import org.p2prmb.protocols.exchange.BidderMachine.Outcome;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.ResultNotice;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/// Runs the [BidderMachine] of our purchases: bids in the windows that fit them, and hands what was
/// won to [Winnings].
///
/// Safe for many threads.
final class Buying implements AutoCloseable {
    private static final int INBOX_MAX = 4_096;
    private static final Duration CHECK_EVERY = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(Buying.class);

    private final Surroundings with;
    private final Purchases purchases;
    private final Topics topics;
    private final Beacons beacons;
    private final OfferCache offers;
    private final Bidder bidder;
    private final Telling telling;
    private final Silences silences;
    private final BuriedBeacons buried;
    private final AtomicBoolean checking = new AtomicBoolean();
    private final Considering<Signed<WindowOpen>> considering = new Considering<>();
    private final Loop<Event, Action> loop;

    // Of the sweeping thread.
    private Instant lastCheck = Instant.MIN;

    Buying(
            Surroundings with,
            Purchases purchases,
            Topics topics,
            Beacons beacons,
            Prudence prudence,
            int windowsMax) {
        this.with = with;
        this.purchases = purchases;
        this.topics = topics;
        this.beacons = beacons;
        silences = new Silences(with.grievances());
        buried = new BuriedBeacons(with.chains());
        telling = new Telling(with);
        offers = new OfferCache(telling);
        bidder = new Bidder(with, prudence, purchases);
        var machine =
                new BidderMachine(
                        with.host().keys(),
                        BidderMachine.Settings.defaults().withWindowsMax(windowsMax),
                        new SecureRandom(),
                        Signatures.REAL);
        loop =
                Loop.prepare(
                        "bids", machine, with.chains().clock(), INBOX_MAX, this::act, with.died());
    }

    void start() {
        loop.begin();
    }

    private Instant now() {
        return with.chains().clock().instant();
    }

    /// Has a look at what is buried by now, when it has time.
    void sweep(Instant now) {
        boolean due =
                lastCheck.plus(CHECK_EVERY).isBefore(now)
                        && !buried.isIdle(now)
                        && checking.compareAndSet(false, true);
        if (due) {
            lastCheck = now;
            var started =
                    with.errands()
                            .start(() -> {
                                try {
                                    buried.check(this::accuse);
                                } finally {
                                    checking.set(false);
                                }
                            });
            checking.compareAndSet(true, started);
        }
    }

    void block(Event.Block block) {
        var _ = loop.offer(block); // It is told again.
    }

    /// A window is open somewhere: bids in it if a purchase wants what it sells.
    void opened(Signed<WindowOpen> open) {
        boolean matters =
                !open.statement().seller().equals(with.host().peerId())
                        && now().isBefore(open.statement().closesAt())
                        && purchases.mayWant(open, now());
        var seller = open.statement().seller();
        if (matters
                && considering.add(seller, open)
                && !with.errands().start(() -> considerAll(seller))) {
            considering.end(seller);
        }
    }

    private void considerAll(PeerId seller) throws InterruptedException {
        boolean over = false;
        try {
            while (!over) {
                var open = considering.next(seller);
                over = open.isEmpty();
                if (open.isPresent()) {
                    consider(open.get());
                }
            }
        } finally {
            if (!over) {
                considering.end(seller);
            }
        }
    }

    private void consider(Signed<WindowOpen> open) throws InterruptedException {
        var said = open.statement();
        var offer = offers.of(said);
        if (offer.isEmpty()) {
            return;
        }
        var attempt = bidder.bid(open, offer.get().statement(), now());
        if (attempt.isPresent()) {
            beacons.need(said.chain(), said.revealBy());
            long stamp = with.identities().toBid().orElse(0); // No purchase is without it.
            loop.put(new Event.Bid(open, attempt.get().price(), attempt.get().lots(), stamp));
        }
    }

    /// What a seller says of a window in the topic, or tells us.
    void heard(News news) throws InterruptedException {
        switch (news) {
            case News.Opened(var open) -> opened(open);
            case News.Rooted(var root) -> loop.put(new Event.RootHeard(root));
            case News.Concluded(var notice) -> loop.put(new Event.ResultHeard(notice));
            case News.Wanted _, News.Revealed _ -> {} // For sellers.
        }
    }

    /// A seller shows that our commit is under its root.
    ExchangeResponse proven(ExchangeRequest.Proven proof) throws InterruptedException {
        loop.put(new Event.Proven(proof.root(), proof.path()));
        return new ExchangeResponse.Done();
    }

    ExchangeResponse concluded(Signed<ResultNotice> notice) throws InterruptedException {
        loop.put(new Event.ResultHeard(notice));
        return new ExchangeResponse.Done();
    }

    /// Asks for a result that nobody told us of.
    void askResult(Attempt attempt) throws InterruptedException {
        var asked = new ExchangeRequest.ResultAsked(attempt.window());
        if (telling.ask(attempt.seller(), asked).orElse(null)
                instanceof ExchangeResponse.Result(var notice, var encoded)) {
            loop.put(new Event.ResultHeard(notice));
            fetched(notice, encoded);
        }
    }

    /// On the loop's thread: nothing here waits.
    private void act(Action action) {
        switch (action) {
            case Action.SendCommit(var seller, var commit) ->
                    ask(seller, commit.statement().window(), new ExchangeRequest.Committed(commit));
            case Action.AskProof(var seller, var window) ->
                    ask(seller, window, new ExchangeRequest.ProofAsked(window));
            case Action.SendReveal(var seller, var reveal) -> {
                var window = reveal.statement().window();
                ask(seller, window, new ExchangeRequest.Revealed(reveal));
                // So others see whether it is ignored.
                purchases
                        .attempt(window)
                        .ifPresent(attempt ->
                                with.errands()
                                        .start(() ->
                                                topics.tell(
                                                        attempt.offer().pair(),
                                                        new News.Revealed(reveal))));
            }
            case Action.Fetch(var notice) -> with.errands().start(() -> fetch(notice));
            case Action.Accuse(var fault) -> accuse(fault);
            case Action.Ended(var window, var outcome) -> ended(window, outcome);
        }
    }

    private void accuse(WindowFault fault) {
        log.warn("{} is proven of {}", fault.seller(), fault.name());
        with.grievances().proven(fault);
    }

    private void ask(PeerId seller, Bytes window, ExchangeRequest request) {
        with.errands()
                .start(() -> {
                    var answer = telling.ask(seller, request);
                    if (answer.isPresent()) {
                        answered(seller, window, answer.get());
                    }
                });
    }

    private void answered(PeerId seller, Bytes window, ExchangeResponse response)
            throws InterruptedException {
        switch (response) {
            case ExchangeResponse.Receipted(var receipt) -> loop.put(new Event.Receipted(receipt));
            case ExchangeResponse.RevealReceipted(var receipt) ->
                    loop.put(new Event.RevealReceipted(receipt));
            case ExchangeResponse.Proof(var root, var path) ->
                    loop.put(new Event.Proven(root, path));
            case ExchangeResponse.Refused(var why, _) ->
                    loop.put(new Event.Refused(seller, window, why));
            case ExchangeResponse.Offers _,
                    ExchangeResponse.Windows _,
                    ExchangeResponse.Result _,
                    ExchangeResponse.Done _ ->
                    log.debug("{} answers something else", seller.shortText());
        }
    }

    private void fetch(Signed<ResultNotice> notice) throws InterruptedException {
        var said = notice.statement();
        var asked = new ExchangeRequest.ResultAsked(said.window());
        if (telling.ask(said.seller(), asked).orElse(null)
                instanceof ExchangeResponse.Result(var again, var encoded)) {
            if (again.statement().equals(said)) {
                fetched(notice, encoded);
            } else {
                loop.put(new Event.ResultHeard(again)); // Two results are a proof.
            }
        }
    }

    private void fetched(Signed<ResultNotice> notice, Bytes encoded) throws InterruptedException {
        try {
            var published = PublishedResult.open(notice, encoded, Signatures.REAL);
            if (purchases.attempt(notice.statement().window()).isPresent()) {
                buried.add(published, now());
            }
            loop.put(new Event.Fetched(published));
        } catch (ProtocolException e) {
            log.warn("{}: {}", notice.statement().seller(), e.getMessage());
        }
    }

    private void ended(Bytes window, Outcome outcome) {
        purchases.attempt(window).ifPresent(attempt -> remember(attempt.seller(), outcome));
        purchases.update(
                window,
                attempt ->
                        switch (outcome) {
                            case Outcome.Won(_, var lots, var denied) when lots > denied ->
                                    attempt.with(State.WON, lots - denied, "");
                            case Outcome.Won(_, var lots, _) ->
                                    attempt.with(State.DENIED, lots, "the seller keeps them");
                            case Outcome.Lost() ->
                                    attempt.with(State.LOST, 0, "other bids were better");
                            case Outcome.Voided(var why) ->
                                    attempt.with(State.VOID, 0, why.toString());
                        });
        log.info("window {}: {}", window.toHex(), outcome);
    }

    /// Who lets windows die often perhaps disliked their winners.
    private void remember(PeerId seller, Outcome outcome) {
        boolean silent =
                outcome instanceof Outcome.Voided(var why)
                        && switch (why) {
                            case NO_RECEIPT, NO_ROOT, WRONG_ROOT, NO_RESULT, UNHEARD -> true;
                            case REFUSED, NO_STAMP, BEACON_KNOWN, NO_BEACON, FAULTY -> false;
                        };
        silences.note(seller, silent);
    }

    @Override
    public void close() {
        loop.close();
    }
}
