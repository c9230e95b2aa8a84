package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.MerklePath;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowMachine;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.exchange.WindowMachine.Event;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowRoot;
import org.p2prmb.protocols.exchange.WindowSettings;
import org.p2prmb.protocols.exchange.WindowStatement;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs the [WindowMachine] of our offers: opens windows when somebody asks for what we offer,
/// answers bidders, decides for the owner, and makes contracts with those who won.
///
/// Safe for many threads.
final class Selling implements AutoCloseable {
    private static final int INBOX_MAX = 4_096;
    private static final int RESULTS_MAX = 64;
    private static final Duration OPENING_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(Selling.class);

    private final Surroundings with;
    private final OfferBook book;
    private final Topics topics;
    private final Beacons beacons;
    private final Prudence prudence;
    private final Decisions decisions;
    private final Telling telling;
    private final WindowSettings settings;
    private final Silences silences;
    private final DenialTally tally;
    private final Questions questions = new Questions();
    private final Loop<Event, Action> loop;
    private final Admission admission;

    // Guarded by this.
    private final Map<Bytes, Opening> openings = new HashMap<>(); // By offer.
    private final Map<Bytes, LiveWindow> windows = new LinkedHashMap<>(); // By window.
    private final Map<Asker, CompletableFuture<ExchangeResponse>> proofs = new HashMap<>();
    private final Map<Bytes, PublishedResult> results = new LinkedHashMap<>();

    private record Asker(Bytes window, PeerId peer) {}

    /// A window that the loop was asked to open.
    private record Opening(OwnOffer own, CompletableFuture<Optional<Signed<WindowOpen>>> opened) {
        Opening(OwnOffer own) {
            this(own, new CompletableFuture<>());
        }
    }

    Selling(
            Surroundings with,
            OfferBook book,
            Topics topics,
            Beacons beacons,
            Prudence prudence,
            int windowsMax) {
        this.with = with;
        this.book = book;
        this.tally = new DenialTally(with.data());
        this.topics = topics;
        silences = new Silences(with.grievances());
        this.beacons = beacons;
        this.prudence = prudence;
        decisions = new Decisions(with, book, prudence);
        telling = new Telling(with);
        var usual = WindowSettings.defaults();
        settings = new WindowSettings(windowsMax, Decisions.TIME, usual.beaconWait());
        var machine =
                new WindowMachine(
                        with.host().keys(), settings, new SecureRandom(), Signatures.REAL);
        loop =
                Loop.prepare(
                        "windows",
                        machine,
                        with.chains().clock(),
                        INBOX_MAX,
                        this::act,
                        with.died());
        admission = new Admission(with, questions, loop::offer);
    }

    void start() {
        loop.begin();
    }

    private Instant now() {
        return with.chains().clock().instant();
    }

    /// Of the lots that our windows sold, how many per cent we kept.
    Optional<Integer> denied() {
        return tally.percent();
    }

    /// Blocks of the chains that windows wait for.
    void block(Event.Block block) {
        var _ = loop.offer(block); // It is told again.
    }

    /// Opens windows for a request, and returns those that are open for it.
    List<Signed<WindowOpen>> wanted(BuyRequest request) throws InterruptedException {
        var windows = new ArrayList<Signed<WindowOpen>>();
        if (!request.isValid(now()) || request.buyer().equals(with.host().peerId())) {
            return windows;
        }
        var standing = admission.standing(request.buyer());
        for (var own : book.all()) {
            boolean fits = request.fits(own.offer()) && own.offer().policy().admits(standing);
            if (fits && own.left(now()) > 0) {
                opened(own)
                        .filter(_ -> windows.size() < ExchangeResponse.ITEMS_MAX)
                        .ifPresent(windows::add);
            }
        }
        return windows;
    }

    private Optional<Signed<WindowOpen>> opened(OwnOffer own) throws InterruptedException {
        Opening opening;
        boolean first;
        synchronized (this) {
            var already = windows.values().stream().filter(live -> live.isOf(own.id())).findAny();
            if (already.isPresent()) {
                already.get().askFor();
                return Optional.of(already.get().open());
            }
            var begun = openings.get(own.id());
            first = begun == null;
            opening = begun == null ? new Opening(own) : begun;
            openings.put(own.id(), opening);
        }
        if (first && !isAsked(own)) {
            notOpened(own.id());
        }
        try {
            return opening.opened.get(OPENING_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            return Optional.empty(); // The loop will get to it.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a window that failed", e);
        }
    }

    /// What is left is read anew: lots of a window that has ended since are sold.
    private boolean isAsked(OwnOffer own) {
        try {
            var offer = own.offer();
            int left = book.find(own.id()).map(kept -> kept.left(now())).orElse(0);
            int lots = (int) Math.min(left, prudence.openable(offer));
            var chain = beacons.sooner(offer.give().chain(), offer.want().chain());
            var event = new Event.Open(own.id(), lots, offer.policy(), chain, own.window());
            return event.lots() > 0 && loop.offer(event);
        } catch (LedgerException e) {
            log.warn("no window of offer {}: {}", own.id().toHex(), e.getMessage());
            return false;
        }
    }

    /// Announces windows again that somebody asked for since: who joined the topic after a window
    /// was opened has not heard of it.
    void announceAgain() {
        List<LiveWindow> wanted;
        synchronized (this) {
            wanted = windows.values().stream().filter(LiveWindow::takeAsked).toList();
        }
        for (var live : wanted) {
            if (now().isBefore(live.open().statement().closesAt())) {
                tell(live.open(), new News.Opened(live.open()));
            }
        }
    }

    private synchronized void notOpened(Bytes offer) {
        var opening = openings.remove(offer);
        if (opening != null) {
            opening.opened.complete(Optional.empty());
        }
    }

    ExchangeResponse committed(ExchangeRequest.Committed asked) throws InterruptedException {
        return admission.committed(asked.commit());
    }

    ExchangeResponse revealed(ExchangeRequest.Revealed asked) throws InterruptedException {
        return questions.ask(number -> loop.offer(new Event.Revealed(number, asked.reveal())));
    }

    /// A bid from the topic, which has no answer.
    void heard(News.Revealed news) {
        var _ = loop.offer(new Event.Revealed(0, news.said()));
    }

    ExchangeResponse proofAsked(PeerId from, Bytes window) throws InterruptedException {
        var answer = new CompletableFuture<ExchangeResponse>();
        var key = new Asker(window, from);
        synchronized (this) {
            var live = windows.get(window);
            if (live == null) {
                return new ExchangeResponse.Refused(Refusal.UNKNOWN_WINDOW);
            }
            if (!live.isClosed()) {
                return new ExchangeResponse.Refused(Refusal.NOT_YET);
            }
            if (!live.hasBidder(from)) {
                return new ExchangeResponse.Refused(Refusal.NO_COMMIT);
            }
            proofs.put(key, answer);
        }
        try {
            return loop.offer(new Event.ProofAsked(from, window))
                    ? answer.get(OPENING_LIMIT.toSeconds(), TimeUnit.SECONDS)
                    : new ExchangeResponse.Refused(Refusal.TOO_OFTEN);
        } catch (TimeoutException _) {
            return new ExchangeResponse.Refused(Refusal.NOT_YET);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a proof that failed", e);
        } finally {
            synchronized (this) {
                proofs.remove(key, answer);
            }
        }
    }

    synchronized ExchangeResponse result(Bytes window) {
        var result = results.get(window);
        if (result != null) {
            return new ExchangeResponse.Result(result.notice(), result.encoded());
        }
        return new ExchangeResponse.Refused(
                windows.containsKey(window) ? Refusal.NOT_YET : Refusal.UNKNOWN_WINDOW);
    }

    /// On the loop's thread: nothing here waits.
    private void act(Action action) {
        switch (action) {
            case Action.Announce(var opened) -> announce(opened);
            case Action.NotOpened(var offer, var why) -> {
                log.debug("no window of offer {}: {}", offer.toHex(), why);
                notOpened(offer);
            }
            case Action.Receipted(var askId, var receipt) -> {
                var bidder = receipt.statement().leaf().bidder();
                live(receipt).ifPresent(live -> live.add(bidder));
                questions.answer(askId, new ExchangeResponse.Receipted(receipt));
            }
            case Action.RevealReceipted(var askId, var receipt) ->
                    questions.answer(askId, new ExchangeResponse.RevealReceipted(receipt));
            case Action.Refused(var askId, var why) ->
                    questions.answer(askId, new ExchangeResponse.Refused(why));
            case Action.PublishRoot(var root) -> {
                live(root).ifPresent(LiveWindow::close);
                tell(root, new News.Rooted(root));
            }
            case Action.Prove(var to, var root, var path) -> prove(to, root, path);
            case Action.Decide asked -> with.errands().start(() -> decide(asked));
            case Action.Accept(var window, var offer, var bid, var lots) -> {
                var claimBy = now().plus(Claims.TIME);
                var sale = new Sale(window, bid.bidder(), lots, bid.price(), claimBy, Bytes.EMPTY);
                with.disk().accept(() -> book.promise(offer, sale));
            }
            case Action.PublishResult(var result) -> with.disk().accept(() -> publish(result));
            case Action.Closed(var window, var _, var back, var silent) -> {
                log.info("window {} is over: {} lots back, silent {}", window, back, silent);
                silences.silent(silent);
                with.disk().accept(() -> over(window));
            }
            case Action.Voided(var window, var _, var why) -> {
                log.info("window {} is void: {}", window.toHex(), why);
                with.disk().accept(() -> over(window));
            }
        }
    }

    private void announce(Signed<WindowOpen> opened) {
        var said = opened.statement();
        Opening opening;
        synchronized (this) {
            opening = openings.remove(said.offer());
            if (opening == null) {
                throw new IllegalStateException("a window that nobody asked for");
            }
            windows.put(said.window(), new LiveWindow(opened, opening.own.offer().pair()));
        }
        beacons.need(said.chain(), said.beaconFrom().plus(settings.beaconWait()));
        opening.opened.complete(Optional.of(opened));
        tell(opened, new News.Opened(opened));
    }

    private synchronized Optional<LiveWindow> live(Signed<? extends WindowStatement> said) {
        return Optional.ofNullable(windows.get(said.statement().window()));
    }

    private void tell(Signed<? extends WindowStatement> said, News news) {
        live(said).ifPresent(live -> with.errands().start(() -> topics.tell(live.pair(), news)));
    }

    private void prove(PeerId to, Signed<WindowRoot> root, MerklePath path) {
        CompletableFuture<ExchangeResponse> asked;
        synchronized (this) {
            asked = proofs.remove(new Asker(root.statement().window(), to));
        }
        if (asked != null) {
            asked.complete(new ExchangeResponse.Proof(root, path));
        } else {
            telling.tell(to, new ExchangeRequest.Proven(root, path));
        }
    }

    private void decide(Action.Decide asked) throws InterruptedException {
        var decided = decisions.decide(asked);
        synchronized (this) {
            if (!windows.containsKey(asked.window())) {
                decisions.over(asked.window()); // It did not wait for us.
            }
        }
        if (decided.isPresent()) {
            loop.put(new Event.Decided(asked.window(), decided.get()));
        }
    }

    /// The owner's word; false when nobody asks any more.
    ///
    /// @param denied why nobody gets a lot; empty when all do
    boolean decided(Bytes window, Optional<Denial.Code> denied) throws InterruptedException {
        var decided = decisions.take(window, denied);
        if (decided.isPresent()) {
            loop.put(new Event.Decided(window, decided.get()));
        }
        return decided.isPresent();
    }

    Decisions decisions() {
        return decisions;
    }

    private void publish(PublishedResult result) {
        tally.count(result.result());
        silences.heard(result.result().reveals());
        var window = result.result().window();
        List<PeerId> told;
        synchronized (this) {
            results.put(window, result);
            if (results.size() > RESULTS_MAX) {
                results.remove(results.keySet().iterator().next());
            }
            var live = windows.get(window);
            told = live == null ? List.of() : live.bidders();
        }
        tell(result.notice(), new News.Concluded(result.notice()));
        told.forEach(peer -> telling.tell(peer, new ExchangeRequest.Concluded(result.notice())));
    }

    private synchronized void over(Bytes window) {
        windows.remove(window);
        decisions.over(window);
    }

    @Override
    public void close() {
        loop.close();
    }
}
