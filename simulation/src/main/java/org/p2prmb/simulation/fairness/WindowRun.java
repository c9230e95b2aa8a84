package org.p2prmb.simulation.fairness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.Allotment;
import org.p2prmb.protocols.exchange.Beacon;
import org.p2prmb.protocols.exchange.BidderMachine;
import org.p2prmb.protocols.exchange.BidderMachine.Outcome;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.MerklePath;
import org.p2prmb.protocols.exchange.Policy;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.PublishedResult;
import org.p2prmb.protocols.exchange.ResultNotice;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.Standing;
import org.p2prmb.protocols.exchange.WindowMachine;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.exchange.WindowSettings;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/// One window with the production machines of a seller and of equal buyers, in virtual time: every
/// message is encoded, takes its way, and is opened again.
final class WindowRun {
    static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);
    static final Price PRICE = Price.of(100_000);
    static final int REACTION_MILLIS = 200;

    private static final String CHAIN = "simulated";
    private static final Standing EQUAL = new Standing(5, false, 0);
    private static final Standing NEWCOMER = new Standing(5, true, 0);
    private static final int STEPS_MAX = 10_000;

    /// What happens at a time; those of the same one in the order in which they were planned.
    private record Planned(Instant at, int order, Step step) implements Comparable<Planned> {
        @Override
        public int compareTo(Planned other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Integer.compare(order, other.order);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws ProtocolException;
    }

    private final RandomGenerator random;
    private final Signatures signatures;
    private final Duration[] delays;
    private final Duration length;
    private final int lots;
    private final Hardships hardships;
    private final Duration[] skews;
    private final List<PeerId> peers = new ArrayList<>();
    private final List<BidderMachine> bidders = new ArrayList<>();
    private final PriorityQueue<Planned> planned = new PriorityQueue<>();
    private final WindowMachine seller;
    private final List<Integer> arrivals = new ArrayList<>();
    private final Outcome[] outcomes;
    private final boolean[] included;
    private @Nullable PublishedResult result;
    private Instant now = START;
    private int order;

    /// @param buyers the equal ones, then the Sybils
    /// @param delays one way between the seller and each buyer
    /// @param lots that are sold, and that each bid is for
    WindowRun(
            KeyPair sellerKeys,
            List<KeyPair> buyers,
            Duration[] delays,
            Duration length,
            int lots,
            Hardships hardships,
            RandomGenerator random,
            Signatures signatures) {
        this.random = random;
        this.signatures = signatures;
        this.delays = delays.clone();
        this.length = length;
        this.lots = lots;
        this.hardships = hardships;
        this.skews = new Duration[buyers.size()];
        long off = hardships.skew().toMillis();
        for (int buyer = 0; buyer < skews.length; buyer++) {
            skews[buyer] = Duration.ofMillis(off == 0 ? 0 : random.nextLong(-off, off + 1));
        }
        this.outcomes = new Outcome[buyers.size()];
        this.included = new boolean[buyers.size()];
        seller = new WindowMachine(sellerKeys, WindowSettings.defaults(), random, signatures);
        for (var keys : buyers) {
            peers.add(keys.peerId());
            bidders.add(
                    new BidderMachine(keys, BidderMachine.Settings.defaults(), random, signatures));
        }
    }

    /// Holds the window to its end.
    void run() {
        var offer = new byte[32];
        random.nextBytes(offer);
        sell(
                new WindowMachine.Event.Open(
                        Bytes.wrap(offer), lots, Policy.bestPrice(PRICE), CHAIN, length));
        for (int step = 0; step < STEPS_MAX; step++) {
            var due = due();
            var next = planned.peek();
            if (next != null && !next.at.isAfter(due)) {
                planned.remove();
                now = next.at;
                happen(next.step);
            } else if (!due.equals(Instant.MAX)) {
                now = due.isAfter(now) ? due : now;
                tick();
            } else {
                return;
            }
        }
        throw new Violation("a window without an end");
    }

    private boolean isSybil(int buyer) {
        return buyer >= bidders.size() - hardships.sybils();
    }

    /// The equal buyers' commits in the order in which they came to the seller, each once.
    List<Integer> arrivals() {
        return arrivals;
    }

    boolean included(int buyer) {
        return included[buyer];
    }

    /// Which of the equal buyers is the first of the ranking: with one lot it has that. What each
    /// got by its own account and by the seller's result must agree.
    int winner() {
        int winner = -1;
        for (var rank : ranking()) {
            int buyer = peers.indexOf(rank.bidder());
            int got = outcomes[buyer] instanceof Outcome.Won won ? won.lots() : 0;
            if (got != rank.lots()) {
                throw new Violation("a buyer and the ranking differ");
            }
            winner = winner < 0 && !isSybil(buyer) ? buyer : winner;
        }
        if (winner < 0) {
            throw new Violation("a window that nobody won");
        }
        return winner;
    }

    /// What the Sybils got together.
    int sybilLots() {
        return ranking().stream()
                .filter(rank -> isSybil(peers.indexOf(rank.bidder())))
                .mapToInt(Allotment::lots)
                .sum();
    }

    private List<Allotment> ranking() {
        return result == null ? List.of() : result.result().ranking();
    }

    private Instant due() {
        var due = seller.nextTick();
        for (int buyer = 0; buyer < bidders.size(); buyer++) {
            var next = tickOf(buyer);
            due = next.isBefore(due) ? next : due;
        }
        return due;
    }

    private void tick() {
        if (!seller.nextTick().isAfter(now)) {
            seller.tick(now).forEach(this::act);
        }
        for (int buyer = 0; buyer < bidders.size(); buyer++) {
            if (!tickOf(buyer).isAfter(now)) {
                act(buyer, bidders.get(buyer).tick(now.plus(skews[buyer])));
            }
        }
    }

    /// By the true time, as whose clock it is does not know it.
    private Instant tickOf(int buyer) {
        var next = bidders.get(buyer).nextTick();
        return next.equals(Instant.MAX) ? next : next.minus(skews[buyer]);
    }

    private static void happen(Step step) {
        try {
            step.run();
        } catch (ProtocolException e) {
            throw new Violation("a production machine's message is refused: " + e.getMessage());
        }
    }

    private void after(Duration time, Step step) {
        planned.add(new Planned(now.plus(time), order++, step));
    }

    private void sell(WindowMachine.Event event) {
        seller.on(now, event).forEach(this::act);
    }

    private void bid(int buyer, BidderMachine.Event event) {
        act(buyer, bidders.get(buyer).on(now.plus(skews[buyer]), event));
    }

    private void toAll(Bytes envelope, Delivery delivery) {
        for (int buyer = 0; buyer < bidders.size(); buyer++) {
            int to = buyer;
            after(delays[to], () -> delivery.to(to, envelope));
        }
    }

    @FunctionalInterface
    private interface Delivery {
        void to(int buyer, Bytes envelope) throws ProtocolException;
    }

    private void act(WindowMachine.Action action) {
        switch (action) {
            case WindowMachine.Action.Announce(var open) -> {
                beacon(open.statement());
                var late = length.multipliedBy((long) (hardships.relay() * 1_000)).dividedBy(1_000);
                after(late, () -> toAll(open.envelope(), this::announced));
            }
            case WindowMachine.Action.Receipted(var askId, var receipt) ->
                    reply(
                            askId,
                            buyer ->
                                    bid(
                                            buyer,
                                            new BidderMachine.Event.Receipted(
                                                    Form.RECEIPT.open(
                                                            receipt.envelope(), signatures))));
            case WindowMachine.Action.RevealReceipted(var askId, var receipt) ->
                    reply(
                            askId,
                            buyer ->
                                    bid(
                                            buyer,
                                            new BidderMachine.Event.RevealReceipted(
                                                    Form.REVEAL_RECEIPT.open(
                                                            receipt.envelope(), signatures))));
            case WindowMachine.Action.PublishRoot(var root) ->
                    toAll(
                            root.envelope(),
                            (buyer, envelope) ->
                                    bid(
                                            buyer,
                                            new BidderMachine.Event.RootHeard(
                                                    Form.ROOT.open(envelope, signatures))));
            case WindowMachine.Action.Prove(var to, var root, var path) ->
                    reply(
                            peers.indexOf(to),
                            buyer ->
                                    bid(
                                            buyer,
                                            new BidderMachine.Event.Proven(
                                                    Form.ROOT.open(root.envelope(), signatures),
                                                    MerklePath.decode(path.encoded()))));
            case WindowMachine.Action.Decide(var window, _, _, _) ->
                    sell(new WindowMachine.Event.Decided(window, List.of()));
            case WindowMachine.Action.PublishResult(var published) -> {
                result = published;
                for (var leaf : published.result().leaves()) {
                    included[peers.indexOf(leaf.bidder())] = true;
                }
                toAll(
                        published.notice().envelope(),
                        (buyer, envelope) ->
                                bid(
                                        buyer,
                                        new BidderMachine.Event.ResultHeard(
                                                Form.RESULT.open(envelope, signatures))));
            }
            case WindowMachine.Action.Refused _ -> {} // A commit that came too late.
            case WindowMachine.Action.Accept _, WindowMachine.Action.Closed _ -> {}
            case WindowMachine.Action.NotOpened(_, var why) ->
                    throw new Violation("a window was not opened: " + why);
            case WindowMachine.Action.Voided(_, _, var why) ->
                    throw new Violation("an honest seller's window is void: " + why);
        }
    }

    @FunctionalInterface
    private interface Reply {
        void to(int buyer) throws ProtocolException;
    }

    private void reply(long buyer, Reply reply) {
        int to = (int) buyer;
        after(delays[to], () -> reply.to(to));
    }

    /// The chain has a block soon after the root was due, as far away from everybody.
    private void beacon(WindowOpen terms) {
        var hash = new byte[32];
        random.nextBytes(hash);
        var block = new Beacon(CHAIN, 1, Bytes.wrap(hash), terms.beaconFrom());
        var wait = Duration.between(now, terms.beaconFrom()).plusSeconds(1);
        after(wait, () -> sell(new WindowMachine.Event.Block(block)));
        for (int buyer = 0; buyer < bidders.size(); buyer++) {
            int to = buyer;
            after(wait, () -> bid(to, new BidderMachine.Event.Block(block)));
        }
    }

    /// A buyer hears of the window and needs a moment before it bids.
    private void announced(int buyer, Bytes envelope) throws ProtocolException {
        var open = Form.OPEN.open(envelope, signatures);
        double millis = -REACTION_MILLIS * StrictMath.log(1 - random.nextDouble());
        after(
                Duration.ofNanos((long) (millis * 1_000_000)),
                () -> bid(buyer, new BidderMachine.Event.Bid(open, PRICE, lots, 0)));
    }

    private void act(int buyer, List<BidderMachine.Action> actions) {
        for (var action : actions) {
            switch (action) {
                case BidderMachine.Action.SendCommit(_, var commit) ->
                        after(delays[buyer], () -> commit(buyer, commit.envelope()));
                case BidderMachine.Action.SendReveal(_, var reveal) ->
                        after(
                                delays[buyer],
                                () ->
                                        sell(
                                                new WindowMachine.Event.Revealed(
                                                        buyer,
                                                        Form.REVEAL.open(
                                                                reveal.envelope(), signatures))));
                case BidderMachine.Action.AskProof(_, var window) ->
                        after(
                                delays[buyer],
                                () ->
                                        sell(
                                                new WindowMachine.Event.ProofAsked(
                                                        peers.get(buyer), window)));
                case BidderMachine.Action.Fetch(var notice) ->
                        after(delays[buyer].multipliedBy(2), () -> fetched(buyer, notice));
                case BidderMachine.Action.Accuse(var fault) ->
                        throw new Violation("an honest seller is accused: " + fault.name());
                case BidderMachine.Action.Ended(_, var outcome) -> outcomes[buyer] = outcome;
            }
        }
    }

    private void commit(int buyer, Bytes envelope) throws ProtocolException {
        if (!isSybil(buyer) && !arrivals.contains(buyer)) {
            arrivals.add(buyer);
        }
        var commit = Form.COMMIT.open(envelope, signatures);
        sell(new WindowMachine.Event.Committed(buyer, commit, isSybil(buyer) ? NEWCOMER : EQUAL));
    }

    private void fetched(int buyer, Signed<ResultNotice> notice) throws ProtocolException {
        if (result != null) {
            var opened = PublishedResult.open(notice, result.encoded(), signatures);
            bid(buyer, new BidderMachine.Event.Fetched(opened));
        }
    }
}
