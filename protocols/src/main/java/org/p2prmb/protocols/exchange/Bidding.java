package org.p2prmb.protocols.exchange;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.BidderMachine.Action;
import org.p2prmb.protocols.exchange.BidderMachine.Outcome;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One bid of a bidder's in one window.
///
/// ```text
/// COMMITTED -- receipt --> HELD -- root, path --> SHOWN -- receipt --> WAITING -- result --> OVER
///     |                      |                    +--- revealBy ---> |                         |
///     +----------------------+-- no receipt, no root, wrong root, beacon known: void -------> |
/// ```
@Pure
final class Bidding {
    /// After the root was due it is too late for it by our clock: the beacon comes two seconds
    /// later, by which clocks may differ.
    static final Duration ROOT_GRACE = Duration.ofSeconds(3);

    private enum Phase {
        COMMITTED,
        HELD,
        SHOWN,
        WAITING,
        OVER
    }

    private final WindowOpen terms;
    private final Bytes id;
    private final Bid bid;
    private final KeyPair keys;
    private final Signatures signatures;
    private final BidderMachine.Settings settings;
    private final Signed<Commit> commit;
    private Phase phase = Phase.COMMITTED;
    private Instant nextTry = Instant.MIN;
    private boolean held; // Until our stamp is looked at: the receipt may come after the close.
    private @Nullable Signed<Receipt> receipt;
    private @Nullable Signed<WindowRoot> root;
    private @Nullable Signed<Reveal> reveal;
    private @Nullable Signed<RevealReceipt> revealReceipt;
    private @Nullable Signed<ResultNotice> notice;

    Bidding(
            WindowOpen terms,
            Bid bid,
            long stamp,
            KeyPair keys,
            Signatures signatures,
            BidderMachine.Settings settings) {
        this.terms = terms;
        this.id = terms.window();
        this.bid = bid;
        this.keys = keys;
        this.signatures = signatures;
        this.settings = settings;
        var hidden = new Commit(keys.peerId(), id, bid.commit(id), stamp);
        this.commit = Form.COMMIT.seal(hidden, keys, signatures);
    }

    boolean isOf(PeerId seller) {
        return terms.seller().equals(seller);
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    void receipted(Instant now, Signed<Receipt> given) {
        var leaf = given.statement().leaf();
        if (phase == Phase.COMMITTED
                && leaf.bidder().equals(keys.peerId())
                && leaf.commit().equals(commit.statement().commit())) {
            receipt = given;
            phase = Phase.HELD;
            nextTry = later(now, terms.rootBy());
        }
    }

    void refused(PeerId seller, Refusal why, List<Action> out) {
        // Who took the commit already refuses at most a repetition.
        if (phase != Phase.COMMITTED || !isOf(seller) || why == Refusal.SECOND_COMMIT) {
            return;
        }
        switch (why) {
            case UNCHECKED -> held = true;
            case NO_STAMP -> end(new Outcome.Voided(VoidReason.NO_STAMP), out);
            default -> end(new Outcome.Voided(VoidReason.REFUSED), out);
        }
    }

    void rootHeard(Signed<WindowRoot> heard, List<Action> out) {
        if (root == null) {
            root = heard;
        } else if (!root.statement().equals(heard.statement())) {
            out.add(new Action.Accuse(new WindowFault.TwoRoots(root, heard)));
            end(new Outcome.Voided(VoidReason.FAULTY), out);
        }
    }

    void proven(Instant now, Signed<WindowRoot> proven, MerklePath path, List<Action> out) {
        rootHeard(proven, out);
        if (phase != Phase.HELD || receipt == null) {
            return;
        }
        if (!now.isBefore(rootUntil())) {
            end(new Outcome.Voided(VoidReason.NO_ROOT), out);
            return;
        }
        var said = proven.statement();
        if (receipt.statement().count() > said.count()) {
            out.add(new Action.Accuse(new WindowFault.ShortRoot(receipt, proven)));
            end(new Outcome.Voided(VoidReason.FAULTY), out);
        } else if (path.count() != said.count()
                || !path.leads(receipt.statement().leaf(), said.root())) {
            end(new Outcome.Voided(VoidReason.WRONG_ROOT), out);
        } else {
            reveal = Form.REVEAL.seal(new Reveal(id, bid), keys, signatures);
            phase = Phase.SHOWN;
            nextTry = now;
            tick(now, out);
        }
    }

    void revealReceipted(Signed<RevealReceipt> given) {
        var said = given.statement();
        if (revealReceipt == null
                && reveal != null
                && said.bidder().equals(keys.peerId())
                && said.commit().equals(commit.statement().commit())) {
            revealReceipt = given;
            if (phase == Phase.SHOWN) {
                phase = Phase.WAITING;
            }
        }
    }

    void block(Beacon block, List<Action> out) {
        boolean known =
                (phase == Phase.COMMITTED || phase == Phase.HELD)
                        && block.chain().equals(terms.chain())
                        && !block.time().isBefore(terms.beaconFrom());
        if (known) {
            end(new Outcome.Voided(VoidReason.BEACON_KNOWN), out);
        }
    }

    void resultHeard(Signed<ResultNotice> heard, List<Action> out) {
        if (notice == null) {
            notice = heard;
            out.add(new Action.Fetch(heard));
        } else if (!notice.statement().equals(heard.statement())) {
            out.add(new Action.Accuse(new WindowFault.TwoResults(notice, heard)));
            end(new Outcome.Voided(VoidReason.FAULTY), out);
        }
    }

    void fetched(PublishedResult published, List<Action> out) {
        if (phase == Phase.OVER) {
            return;
        }
        var faults = WindowAudit.faults(published, holdings());
        if (!faults.isEmpty()) {
            faults.forEach(fault -> out.add(new Action.Accuse(fault)));
            end(new Outcome.Voided(VoidReason.FAULTY), out);
        } else {
            end(outcome(published.result()), out);
        }
    }

    private WindowAudit.Holdings holdings() {
        return new WindowAudit.Holdings(
                present(receipt), present(revealReceipt), present(root), present(notice));
    }

    private static <T> List<T> present(@Nullable T held) {
        return held == null ? List.of() : List.of(held);
    }

    private Outcome outcome(WindowResult result) {
        boolean heard =
                result.reveals().stream()
                        .anyMatch(shown -> shown.statement().author().equals(keys.peerId()));
        if (!heard) {
            return new Outcome.Voided(VoidReason.UNHEARD);
        }
        int lots =
                result.ranking().stream()
                        .filter(rank -> rank.bidder().equals(keys.peerId()))
                        .mapToInt(Allotment::lots)
                        .sum();
        int denied =
                result.denials().stream()
                        .filter(denial -> denial.bidder().equals(keys.peerId()))
                        .mapToInt(Denial::lots)
                        .sum();
        return lots == 0 ? new Outcome.Lost() : new Outcome.Won(bid, lots, denied);
    }

    /// Sends again what has no answer yet, and gives up what comes to nothing.
    void tick(Instant now, List<Action> out) {
        switch (phase) {
            case COMMITTED -> {
                if (!now.isBefore(rootUntil())) {
                    end(new Outcome.Voided(VoidReason.NO_RECEIPT), out);
                } else if (isDue(now) && mayCommit(now)) {
                    again(now, out, new Action.SendCommit(terms.seller(), commit));
                }
            }
            case HELD -> {
                if (!now.isBefore(rootUntil())) {
                    end(new Outcome.Voided(VoidReason.NO_ROOT), out);
                } else if (isDue(now)) {
                    again(now, out, new Action.AskProof(terms.seller(), id));
                }
            }
            case SHOWN -> {
                if (!now.isBefore(terms.revealBy())) {
                    phase = Phase.WAITING;
                } else if (isDue(now) && reveal != null) {
                    again(now, out, new Action.SendReveal(terms.seller(), reveal));
                }
            }
            case WAITING -> {
                if (!now.isBefore(resultUntil())) {
                    end(new Outcome.Voided(VoidReason.NO_RESULT), out);
                }
            }
            case OVER -> {}
        }
    }

    private boolean mayCommit(Instant at) {
        return held || at.isBefore(terms.closesAt());
    }

    private boolean isDue(Instant now) {
        return !now.isBefore(nextTry);
    }

    private void again(Instant now, List<Action> out, Action action) {
        out.add(action);
        nextTry = now.plus(settings.retry());
    }

    Instant nextTick() {
        return switch (phase) {
            case COMMITTED -> mayCommit(nextTry) ? earlier(nextTry, rootUntil()) : rootUntil();
            case HELD -> earlier(nextTry, rootUntil());
            case SHOWN -> earlier(nextTry, terms.revealBy());
            case WAITING -> resultUntil();
            case OVER -> Instant.MAX;
        };
    }

    private Instant rootUntil() {
        return earlier(terms.rootBy().plus(ROOT_GRACE), terms.revealBy());
    }

    private Instant resultUntil() {
        return terms.revealBy().plus(settings.resultWait());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void end(Outcome outcome, List<Action> out) {
        phase = Phase.OVER;
        out.add(new Action.Ended(id, outcome));
    }
}
