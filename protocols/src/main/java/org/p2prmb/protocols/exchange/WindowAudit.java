package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Computes a window's result again, for whoever was in it or looks on, and compares it with what
/// the seller signed.
@Pure
public final class WindowAudit {
    private WindowAudit() {}

    /// What an auditor holds of a window beside its result; what is of other windows or sellers is
    /// passed over.
    public record Holdings(
            List<Signed<Receipt>> receipts,
            List<Signed<RevealReceipt>> revealReceipts,
            List<Signed<WindowRoot>> roots,
            List<Signed<ResultNotice>> notices) {
        public static final Holdings NONE =
                new Holdings(List.of(), List.of(), List.of(), List.of());

        /// Throws `IllegalArgumentException` when there is more than any window gives.
        public Holdings {
            receipts = List.copyOf(receipts);
            revealReceipts = List.copyOf(revealReceipts);
            roots = List.copyOf(roots);
            notices = List.copyOf(notices);
            Limits.count(receipts, WindowRoot.COUNT_MAX, "receipts");
            Limits.count(revealReceipts, WindowRoot.COUNT_MAX, "receipts of reveals");
            Limits.count(roots, WindowRoot.COUNT_MAX, "roots");
            Limits.count(notices, WindowRoot.COUNT_MAX, "notices");
        }
    }

    /// Everything that is proven against the seller; empty for an honest one.
    public static List<WindowFault> faults(PublishedResult published, Holdings held) {
        var faults = new ArrayList<WindowFault>();
        var result = published.result();
        var root = result.root();
        if (flaw(result).isPresent()) {
            faults.add(new WindowFault.WrongResult(published));
        }
        for (var receipt : ofSame(published, held.receipts)) {
            if (receipt.statement().count() > root.statement().count()) {
                faults.add(new WindowFault.ShortRoot(receipt, root));
            }
            if (!result.leaves().contains(receipt.statement().leaf())) {
                faults.add(new WindowFault.NotUnderRoot(receipt, published));
            }
        }
        var shown = new HashSet<PeerId>();
        result.reveals().forEach(reveal -> shown.add(reveal.statement().author()));
        for (var receipt : ofSame(published, held.revealReceipts)) {
            if (!shown.contains(receipt.statement().bidder())) {
                faults.add(new WindowFault.IgnoredReveal(receipt, published));
            }
        }
        for (var other : ofSame(published, held.roots)) {
            if (!other.statement().equals(root.statement())) {
                faults.add(new WindowFault.TwoRoots(root, other));
            }
        }
        var notice = published.notice();
        for (var other : ofSame(published, held.notices)) {
            if (!other.statement().equals(notice.statement())) {
                faults.add(new WindowFault.TwoResults(notice, other));
            }
        }
        return faults;
    }

    /// What a block of our own chain says of the beacon: one at the same height has to be that very
    /// block, and no earlier one may fit.
    public static Optional<WindowFault> beaconFault(PublishedResult published, Beacon block) {
        var said = published.result().beacon();
        var from = published.result().open().statement().beaconFrom();
        boolean wrong =
                block.height() == said.height()
                        ? !block.equals(said)
                        : block.height() < said.height() && !block.time().isBefore(from);
        var chain = published.result().open().statement().chain();
        return wrong && block.chain().equals(chain)
                ? Optional.of(new WindowFault.WrongBeacon(published, block))
                : Optional.empty();
    }

    private static <T extends WindowStatement> List<Signed<T>> ofSame(
            PublishedResult published, List<Signed<T>> statements) {
        var said = published.notice().statement();
        return statements.stream()
                .filter(signed ->
                        signed.statement().author().equals(said.seller())
                                && signed.statement().window().equals(said.window()))
                .toList();
    }

    /// The first thing by which the result does not follow from what is in it.
    static Optional<String> flaw(WindowResult result) {
        var terms = result.open().statement();
        var root = result.root().statement();
        var beacon = result.beacon();
        var leaves = new HashMap<PeerId, Leaf>();
        result.leaves().forEach(leaf -> leaves.put(leaf.bidder(), leaf));
        if (!WindowOpen.nonceHash(result.nonce()).equals(terms.nonceHash())) {
            return Optional.of("another nonce than the seller had fixed");
        }
        if (!beacon.chain().equals(terms.chain()) || beacon.time().isBefore(terms.beaconFrom())) {
            return Optional.of("a beacon of another chain, or from before its time");
        }
        if (!ascend(result.leaves().stream().map(Leaf::bidder).toList())) {
            return Optional.of("leaves that are not in order");
        }
        if (root.count() != result.leaves().size()
                || !new MerkleTree(result.leaves()).root().equals(root.root())) {
            return Optional.of("leaves with another root");
        }
        if (!ascend(result.reveals().stream().map(r -> r.statement().author()).toList())) {
            return Optional.of("bids that are not in order");
        }
        var entrants = new HashMap<PeerId, Entrant>();
        for (var signed : result.reveals()) {
            var reveal = signed.statement();
            var leaf = leaves.get(reveal.author());
            if (leaf == null || !opens(reveal, leaf, terms.window())) {
                return Optional.of("a bid that is not behind a commit");
            }
            entrants.put(
                    reveal.author(), new Entrant(reveal.bid(), leaf.commit(), leaf.standing()));
        }
        return wrongChoice(result, entrants);
    }

    private static boolean opens(Reveal reveal, Leaf leaf, Bytes window) {
        return reveal.window().equals(window) && reveal.commit().equals(leaf.commit());
    }

    private static boolean ascend(List<PeerId> peers) {
        for (int at = 1; at < peers.size(); at++) {
            if (peers.get(at - 1).compareTo(peers.get(at)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> wrongChoice(
            WindowResult result, Map<PeerId, Entrant> entrants) {
        var terms = result.open().statement();
        var seed =
                Selection.seed(
                        terms.window(),
                        result.nonce(),
                        result.root().statement().root(),
                        result.beacon());
        var ranking =
                Selection.select(
                        new HashSet<>(entrants.values()), terms.policy(), terms.lots(), seed);
        if (!ranking.equals(result.ranking())) {
            return Optional.of("another ranking than the policy and the seed give");
        }
        var deniable = new HashMap<PeerId, Integer>();
        ranking.forEach(rank -> deniable.put(rank.bidder(), rank.lots()));
        for (var denial : result.denials()) {
            var entrant = entrants.get(denial.bidder());
            var lots = deniable.remove(denial.bidder());
            boolean unfit =
                    lots == null
                            && entrant != null
                            && denial.code() == Denial.Code.TERMS_INVALID
                            && !terms.policy().admits(entrant.bid(), entrant.standing());
            if (!unfit && (lots == null || denial.lots() > lots)) {
                return Optional.of("a denial of lots that the bidder did not get");
            }
        }
        return Optional.empty();
    }
}
