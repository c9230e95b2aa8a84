package org.p2prmb.protocols.exchange;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The buyer's side of sealed windows ([WindowMachine] has the diagram): commits to a bid, shows it
/// only once the seller can change nothing any more, and computes the result again.
///
/// A bid is shown only to a seller whose root is here in time and covers our commit; else the
/// window is void for us.
public final class BidderMachine implements Machine<BidderMachine.Event, BidderMachine.Action> {
    /// What the machine hears of.
    public sealed interface Event {
        /// Our owner wants so many lots at this price each.
        ///
        /// @param stamp of our identity; 0 where none is needed
        record Bid(Signed<WindowOpen> open, Price price, int lots, long stamp) implements Event {}

        record Receipted(Signed<Receipt> receipt) implements Event {}

        /// The seller does not take the commit.
        record Refused(PeerId seller, Bytes window, Refusal why) implements Event {}

        /// The seller shows that our commit is under its root.
        record Proven(Signed<WindowRoot> root, MerklePath path) implements Event {}

        /// A root from the topic.
        record RootHeard(Signed<WindowRoot> root) implements Event {}

        record RevealReceipted(Signed<RevealReceipt> receipt) implements Event {}

        /// A chain has a block; in the order of their heights. Who does not watch the chain leaves
        /// this out.
        record Block(Beacon block) implements Event {}

        record ResultHeard(Signed<ResultNotice> notice) implements Event {}

        /// What [Action.Fetch] asked for.
        record Fetched(PublishedResult result) implements Event {}
    }

    /// What the machine asks for.
    public sealed interface Action {
        /// Send it to the seller.
        record SendCommit(PeerId seller, Signed<Commit> commit) implements Action {}

        record AskProof(PeerId seller, Bytes window) implements Action {}

        /// Send it to the seller, straight and by the topic: others see whether it is ignored.
        record SendReveal(PeerId seller, Signed<Reveal> reveal) implements Action {}

        record Fetch(Signed<ResultNotice> notice) implements Action {}

        record Accuse(WindowFault fault) implements Action {}

        /// The window is over for us; nothing follows.
        record Ended(Bytes window, Outcome outcome) implements Action {}
    }

    /// What became of a bid.
    public sealed interface Outcome {
        /// @param denied of the lots that were won, how many the seller keeps
        record Won(Bid bid, int lots, int denied) implements Outcome {}

        record Lost() implements Outcome {}

        record Voided(VoidReason why) implements Outcome {}
    }

    /// How a bidder takes part.
    ///
    /// @param windowsMax at a time
    /// @param retry after which a message without an answer is sent again
    /// @param resultWait how long the result may take once the bids are shown
    public record Settings(int windowsMax, Duration retry, Duration resultWait) {
        /// Throws `IllegalArgumentException` when a part is out of its bounds.
        public Settings {
            Limits.require(windowsMax >= 1 && windowsMax <= 1_024, "1 to 1,024 windows at a time");
            Limits.require(
                    retry.compareTo(Duration.ofMillis(100)) >= 0
                            && retry.compareTo(Duration.ofMinutes(1)) <= 0,
                    "a retry after 0.1 to 60 s");
            Limits.seconds(
                    resultWait, Duration.ofSeconds(10), Duration.ofHours(25), "wait for a result");
        }

        public static Settings defaults() {
            return new Settings(64, Duration.ofSeconds(1), Duration.ofMinutes(125));
        }

        public Settings withWindowsMax(int changed) {
            return new Settings(changed, retry, resultWait);
        }
    }

    private final KeyPair keys;
    private final Settings settings;
    private final RandomGenerator random;
    private final Signatures signatures;
    private final Map<Bytes, Bidding> biddings = new LinkedHashMap<>();

    /// @param random makes the nonces: nobody may guess it
    public BidderMachine(
            KeyPair keys, Settings settings, RandomGenerator random, Signatures signatures) {
        this.keys = keys;
        this.settings = settings;
        this.random = random;
        this.signatures = signatures;
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var out = new ArrayList<Action>(2);
        switch (event) {
            case Event.Bid bid -> bid(now, bid, out);
            case Event.Receipted(var receipt) -> {
                var bidding = bidding(receipt);
                if (bidding != null) {
                    bidding.receipted(now, receipt);
                }
            }
            case Event.Refused(var seller, var window, var why) -> {
                var bidding = biddings.get(window);
                if (bidding != null) {
                    bidding.refused(seller, why, out);
                }
            }
            case Event.Proven(var root, var path) -> {
                var bidding = bidding(root);
                if (bidding != null) {
                    bidding.proven(now, root, path, out);
                }
            }
            case Event.RootHeard(var root) -> {
                var bidding = bidding(root);
                if (bidding != null) {
                    bidding.rootHeard(root, out);
                }
            }
            case Event.RevealReceipted(var receipt) -> {
                var bidding = bidding(receipt);
                if (bidding != null) {
                    bidding.revealReceipted(receipt);
                }
            }
            case Event.Block(var block) ->
                    biddings.values().forEach(bidding -> bidding.block(block, out));
            case Event.ResultHeard(var notice) -> {
                var bidding = bidding(notice);
                if (bidding != null) {
                    bidding.resultHeard(notice, out);
                }
            }
            case Event.Fetched(var result) -> {
                var bidding = bidding(result.notice());
                if (bidding != null) {
                    bidding.fetched(result, out);
                }
            }
        }
        biddings.values().removeIf(Bidding::isOver);
        return out;
    }

    private @Nullable Bidding bidding(Signed<? extends WindowStatement> ofSeller) {
        var bidding = biddings.get(ofSeller.statement().window());
        return bidding != null && bidding.isOf(ofSeller.statement().author()) ? bidding : null;
    }

    private void bid(Instant now, Event.Bid wanted, List<Action> out) {
        var terms = wanted.open().statement();
        var window = terms.window();
        boolean fits =
                wanted.price().compareTo(terms.policy().floor()) >= 0
                        && now.isBefore(terms.closesAt())
                        && !terms.seller().equals(keys.peerId())
                        && biddings.size() < settings.windowsMax();
        if (biddings.containsKey(window)) {
            return;
        }
        if (!fits) {
            out.add(new Action.Ended(window, new Outcome.Voided(VoidReason.REFUSED)));
            return;
        }
        var nonce = new byte[Hashes.BYTES];
        random.nextBytes(nonce);
        var bid = new Bid(keys.peerId(), wanted.price(), wanted.lots(), Bytes.wrap(nonce));
        var bidding = new Bidding(terms, bid, wanted.stamp(), keys, signatures, settings);
        biddings.put(window, bidding);
        bidding.tick(now, out);
    }

    @Override
    public List<Action> tick(Instant now) {
        var out = new ArrayList<Action>(2);
        biddings.values().forEach(bidding -> bidding.tick(now, out));
        biddings.values().removeIf(Bidding::isOver);
        return out;
    }

    @Override
    public Instant nextTick() {
        var next = Instant.MAX;
        for (var bidding : biddings.values()) {
            var due = bidding.nextTick();
            next = due.isBefore(next) ? due : next;
        }
        return next;
    }
}
