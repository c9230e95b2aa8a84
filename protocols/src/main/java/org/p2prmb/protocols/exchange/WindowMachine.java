package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// The seller's side of sealed windows: collects commits, fixes them by a root, collects the bids
/// behind them, and lets the policy and a block that nobody knew choose among them.
///
/// ```text
/// seller                                                            bidder (BidderMachine)
///   | -- WindowOpen (topic) ------------------------------------------> |
///   | <- Commit ------------------------------------------------------- |
///   | -- Receipt: the commit, and what we think of the bidder --------> |
///   |                closesAt: no more commits
///   | -- WindowRoot (topic), and the path to the bidder's commit -----> |
///   | <- Reveal (topic too) ------------------------------------------- |
///   | -- RevealReceipt -----------------------------------------------> |
///   |                revealBy: no more bids; the beacon's block
///   | -- ResultNotice (topic); the WindowResult is fetched -----------> |
/// ```
///
/// Nothing of a window is kept over a restart: nothing was reserved, and as no statement of an old
/// window is ever signed again, a crash is no provable fault. The shell reserves what
/// [Action.Accept] says before it acts on what follows.
public final class WindowMachine implements Machine<WindowMachine.Event, WindowMachine.Action> {
    /// What the machine hears of.
    public sealed interface Event {
        /// Our owner sells lots of an offer; the beacon is a block of `chain`.
        ///
        /// @param length from the opening to the close
        record Open(Bytes offer, int lots, Policy policy, String chain, Duration length)
                implements Event {}

        /// A bidder takes part.
        ///
        /// @param standing what we think of it now
        record Committed(long askId, Signed<Commit> commit, Standing standing) implements Event {}

        /// As [Committed], by a bidder whose stamp nobody has looked at yet: its commit is held.
        record Unchecked(long askId, Signed<Commit> commit, Standing standing) implements Event {}

        /// A bidder's stamp was looked at.
        record Checked(PeerId bidder, boolean right) implements Event {}

        /// A bidder lacks the root or the path to its commit.
        record ProofAsked(PeerId from, Bytes window) implements Event {}

        record Revealed(long askId, Signed<Reveal> reveal) implements Event {}

        /// A chain has a block; in the order of their heights.
        record Block(Beacon block) implements Event {}

        /// What we keep of the lots that [Action.Decide] was about, one denial for each bidder.
        record Decided(Bytes window, List<Denial> denials) implements Event {
            public Decided {
                denials = List.copyOf(denials);
            }
        }
    }

    /// What the machine asks for.
    public sealed interface Action {
        /// Tell the topic.
        record Announce(Signed<WindowOpen> open) implements Action {}

        record NotOpened(Bytes offer, Refusal why) implements Action {}

        record Receipted(long askId, Signed<Receipt> receipt) implements Action {}

        record RevealReceipted(long askId, Signed<RevealReceipt> receipt) implements Action {}

        record Refused(long askId, Refusal why) implements Action {}

        /// Tell the topic.
        record PublishRoot(Signed<WindowRoot> root) implements Action {}

        /// Show a bidder that its commit is under the root.
        record Prove(PeerId to, Signed<WindowRoot> root, MerklePath path) implements Action {}

        /// Say which of these lots cannot be had: [Event.Decided].
        ///
        /// @param prices what each of them pays for a lot
        record Decide(
                Bytes window, Bytes offer, List<Allotment> allotments, Map<PeerId, Price> prices)
                implements Action {
            public Decide {
                allotments = List.copyOf(allotments);
                prices = Map.copyOf(prices);
            }
        }

        /// Reserve so many lots for the bidder and make a contract.
        record Accept(Bytes window, Bytes offer, Bid bid, int lots) implements Action {}

        /// Tell the topic the notice, and keep the result for whoever fetches it.
        record PublishResult(PublishedResult result) implements Action {}

        /// The window is over.
        ///
        /// @param lotsBack what was not sold, and may be offered in a new window
        /// @param silent bidders that did not show their bids
        record Closed(Bytes window, Bytes offer, int lotsBack, List<PeerId> silent)
                implements Action {
            public Closed {
                silent = List.copyOf(silent);
            }
        }

        /// The window came to nothing; all its lots are back.
        record Voided(Bytes window, Bytes offer, VoidReason why) implements Action {}
    }

    private final KeyPair keys;
    private final WindowSettings settings;
    private final RandomGenerator random;
    private final Signatures signatures;
    private final Map<Bytes, SealedWindow> windows = new LinkedHashMap<>();

    /// @param random makes the nonces: nobody may guess it
    public WindowMachine(
            KeyPair keys, WindowSettings settings, RandomGenerator random, Signatures signatures) {
        this.keys = keys;
        this.settings = settings;
        this.random = random;
        this.signatures = signatures;
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        var out = new ArrayList<Action>(2);
        switch (event) {
            case Event.Open open -> open(now, open, out);
            case Event.Committed(var askId, var commit, var standing) -> {
                var window = windows.get(commit.statement().window());
                if (window == null) {
                    out.add(new Action.Refused(askId, Refusal.UNKNOWN_WINDOW));
                } else {
                    out.add(window.commit(now, askId, commit.statement(), standing));
                }
            }
            case Event.Unchecked(var askId, var commit, var standing) -> {
                var window = windows.get(commit.statement().window());
                if (window == null) {
                    out.add(new Action.Refused(askId, Refusal.UNKNOWN_WINDOW));
                } else {
                    out.add(window.hold(now, askId, commit.statement(), standing));
                }
            }
            case Event.Checked(var bidder, var right) ->
                    windows.values().forEach(window -> window.checked(now, bidder, right, out));
            case Event.ProofAsked(var from, var id) -> {
                var window = windows.get(id);
                if (window != null) {
                    window.prove(from, out);
                }
            }
            case Event.Revealed(var askId, var reveal) -> {
                var window = windows.get(reveal.statement().window());
                if (window == null) {
                    out.add(new Action.Refused(askId, Refusal.UNKNOWN_WINDOW));
                } else {
                    out.add(window.reveal(now, askId, reveal));
                }
            }
            case Event.Block(var block) ->
                    windows.values().forEach(window -> window.block(now, block, out));
            case Event.Decided(var id, var denials) -> {
                var window = windows.get(id);
                if (window != null) {
                    window.decided(denials, out);
                }
            }
        }
        windows.values().removeIf(SealedWindow::isOver);
        return out;
    }

    private void open(Instant now, Event.Open wanted, List<Action> out) {
        if (windows.values().stream().anyMatch(window -> window.isOf(wanted.offer()))) {
            out.add(new Action.NotOpened(wanted.offer(), Refusal.OFFER_BUSY));
            return;
        }
        if (windows.size() >= settings.windowsMax()) {
            out.add(new Action.NotOpened(wanted.offer(), Refusal.TOO_MANY_WINDOWS));
            return;
        }
        var nonce = new byte[Hashes.BYTES];
        random.nextBytes(nonce);
        var kept = Bytes.wrap(nonce);
        var opensAt = now.truncatedTo(ChronoUnit.MILLIS);
        var closesAt = opensAt.plus(wanted.length());
        var terms =
                new WindowOpen(
                        keys.peerId(),
                        wanted.offer(),
                        wanted.lots(),
                        opensAt,
                        closesAt,
                        closesAt.plus(WindowOpen.ROOT_WITHIN).plus(WindowOpen.BEACON_AFTER),
                        wanted.policy(),
                        WindowOpen.nonceHash(kept),
                        wanted.chain());
        var open = Form.OPEN.seal(terms, keys, signatures);
        windows.put(terms.window(), new SealedWindow(open, kept, keys, signatures, settings));
        out.add(new Action.Announce(open));
    }

    @Override
    public List<Action> tick(Instant now) {
        var out = new ArrayList<Action>(2);
        windows.values().forEach(window -> window.tick(now, out));
        windows.values().removeIf(SealedWindow::isOver);
        return out;
    }

    @Override
    public Instant nextTick() {
        var next = Instant.MAX;
        for (var window : windows.values()) {
            var due = window.nextTick();
            next = due.isBefore(next) ? due : next;
        }
        return next;
    }
}
