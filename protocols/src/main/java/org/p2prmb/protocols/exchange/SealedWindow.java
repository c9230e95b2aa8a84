package org.p2prmb.protocols.exchange;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// One window of a seller.
///
/// ```text
/// COLLECTING -- closesAt: root --> REVEALING -- revealBy and beacon --> DECIDING -- --> OVER
///     |                                |            nobody gets a lot: ----------------> |
///     +-- no root in time, beacon known, no beacon: void -------------------------------> |
/// ```
///
/// Entries are in the order of the bidders' names: the order in which they came leaves no trace.
@Pure
final class SealedWindow {
    /// So many of the places for commits newcomers may take, for they cost nothing.
    static final int NEWCOMERS_MAX = WindowRoot.COUNT_MAX / 4;

    /// More than wait for a look at their stamp, where it matters who brings many, and not here.
    static final int HELD_MAX = 4 * WindowRoot.COUNT_MAX;

    /// So long after the close the root waits for stamps that are being looked at.
    static final Duration CHECK_GRACE = WindowOpen.ROOT_WITHIN.dividedBy(2);

    private enum Phase {
        COLLECTING,
        REVEALING,
        DECIDING,
        OVER
    }

    private static final class Entry {
        private final Signed<Receipt> receipt;
        private @Nullable Signed<Reveal> reveal;

        Entry(Signed<Receipt> receipt) {
            this.receipt = receipt;
        }

        Leaf leaf() {
            return receipt.statement().leaf();
        }
    }

    /// A commit that came in time, whose bidder's stamp is being looked at.
    private record Held(Commit commit, Standing standing) {}

    private final Signed<WindowOpen> open;
    private final WindowOpen terms;
    private final Bytes id;
    private final Bytes nonce;
    private final KeyPair keys;
    private final Signatures signatures;
    private final WindowSettings settings;
    private final SortedMap<PeerId, Entry> entries = new TreeMap<>();
    private final Map<PeerId, Held> held = new HashMap<>();
    private int newcomers;
    private Phase phase = Phase.COLLECTING;
    private @Nullable Signed<WindowRoot> root;
    private @Nullable MerkleTree tree;
    private @Nullable Beacon beacon;
    private List<Allotment> ranking = List.of();
    private Instant decideBy = Instant.MAX;

    SealedWindow(
            Signed<WindowOpen> open,
            Bytes nonce,
            KeyPair keys,
            Signatures signatures,
            WindowSettings settings) {
        this.open = open;
        this.terms = open.statement();
        this.id = terms.window();
        this.nonce = nonce;
        this.keys = keys;
        this.signatures = signatures;
        this.settings = settings;
    }

    boolean isOf(Bytes offer) {
        return terms.offer().equals(offer);
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    Action commit(Instant now, long askId, Commit commit, Standing standing) {
        var known = entries.get(commit.bidder());
        if (known != null) {
            return repeated(askId, known, commit);
        }
        var why = refusal(now, standing);
        return why == null
                ? new Action.Receipted(askId, enter(commit, standing).receipt)
                : new Action.Refused(askId, why);
    }

    /// Holds a commit until its bidder's stamp is [#checked]: when it came is decided now, whenever
    /// that is done.
    Action hold(Instant now, long askId, Commit commit, Standing standing) {
        var known = entries.get(commit.bidder());
        if (known != null) {
            return repeated(askId, known, commit);
        }
        var waiting = held.get(commit.bidder());
        if (waiting != null) {
            boolean same = waiting.commit().commit().equals(commit.commit());
            return new Action.Refused(askId, same ? Refusal.UNCHECKED : Refusal.SECOND_COMMIT);
        }
        var why = held.size() == HELD_MAX ? Refusal.FULL : refusal(now, standing);
        if (why == null) {
            held.put(commit.bidder(), new Held(commit, standing));
        }
        return new Action.Refused(askId, why == null ? Refusal.UNCHECKED : why);
    }

    void checked(Instant now, PeerId bidder, boolean right, List<Action> out) {
        var waiting = held.remove(bidder);
        if (waiting == null) {
            return;
        }
        if (right && hasRoom(waiting.standing())) {
            enter(waiting.commit(), waiting.standing());
        }
        tick(now, out); // The close may have waited for it alone.
    }

    private static Action repeated(long askId, Entry known, Commit commit) {
        return known.leaf().commit().equals(commit.commit())
                ? new Action.Receipted(askId, known.receipt)
                : new Action.Refused(askId, Refusal.SECOND_COMMIT);
    }

    private @Nullable Refusal refusal(Instant now, Standing standing) {
        if (phase != Phase.COLLECTING || !now.isBefore(terms.closesAt())) {
            return Refusal.LATE;
        }
        if (!terms.policy().admits(standing)) {
            return Refusal.REPUTATION;
        }
        return hasRoom(standing) ? null : Refusal.FULL;
    }

    private boolean hasRoom(Standing standing) {
        return entries.size() < WindowRoot.COUNT_MAX
                && !(standing.newcomer() && newcomers == NEWCOMERS_MAX);
    }

    private Entry enter(Commit commit, Standing standing) {
        held.remove(commit.bidder());
        var leaf = new Leaf(commit.commit(), commit.bidder(), standing);
        var receipt = new Receipt(keys.peerId(), id, leaf, entries.size() + 1);
        var entry = new Entry(Form.RECEIPT.seal(receipt, keys, signatures));
        entries.put(commit.bidder(), entry);
        newcomers += standing.newcomer() ? 1 : 0;
        return entry;
    }

    Action reveal(Instant now, long askId, Signed<Reveal> reveal) {
        var bidder = reveal.statement().author();
        var entry = entries.get(bidder);
        if (entry == null) {
            return new Action.Refused(askId, Refusal.NO_COMMIT);
        }
        if (phase == Phase.COLLECTING) {
            return new Action.Refused(askId, Refusal.NOT_YET);
        }
        if (!reveal.statement().commit().equals(entry.leaf().commit())) {
            return new Action.Refused(askId, Refusal.OTHER_BID);
        }
        boolean late = phase != Phase.REVEALING || !now.isBefore(terms.revealBy());
        if (late && entry.reveal == null) {
            return new Action.Refused(askId, Refusal.LATE);
        }
        // Of one bid there are many envelopes: which one counts does not depend on the order.
        if (!late
                && (entry.reveal == null
                        || reveal.envelope().compareTo(entry.reveal.envelope()) < 0)) {
            entry.reveal = reveal;
        }
        var receipt = new RevealReceipt(keys.peerId(), id, bidder, entry.leaf().commit());
        return new Action.RevealReceipted(
                askId, Form.REVEAL_RECEIPT.seal(receipt, keys, signatures));
    }

    void prove(PeerId bidder, List<Action> out) {
        if (root != null && tree != null && entries.containsKey(bidder)) {
            out.add(new Action.Prove(bidder, root, tree.path(entries.headMap(bidder).size())));
        }
    }

    void block(Instant now, Beacon block, List<Action> out) {
        boolean fits =
                beacon == null
                        && block.chain().equals(terms.chain())
                        && !block.time().isBefore(terms.beaconFrom());
        if (!fits) {
            return;
        }
        if (phase == Phase.COLLECTING) {
            voided(VoidReason.BEACON_KNOWN, out);
        } else {
            beacon = block;
            tick(now, out);
        }
    }

    void tick(Instant now, List<Action> out) {
        if (now.isBefore(nextTick())) {
            return;
        }
        switch (phase) {
            case COLLECTING -> close(now, out);
            case REVEALING -> {
                if (beacon == null) {
                    voided(VoidReason.NO_BEACON, out);
                } else {
                    select(now, beacon, out);
                }
            }
            case DECIDING -> declineAll(out);
            case OVER -> {}
        }
    }

    Instant nextTick() {
        return switch (phase) {
            case COLLECTING ->
                    held.isEmpty() ? terms.closesAt() : terms.closesAt().plus(CHECK_GRACE);
            case REVEALING ->
                    beacon == null
                            ? terms.beaconFrom().plus(settings.beaconWait())
                            : terms.revealBy();
            case DECIDING -> decideBy;
            case OVER -> Instant.MAX;
        };
    }

    private void close(Instant now, List<Action> out) {
        if (now.isAfter(terms.rootBy())) {
            voided(VoidReason.NO_ROOT, out);
            return;
        }
        held.clear(); // It is too late for them.
        tree = new MerkleTree(leaves());
        var statement = new WindowRoot(keys.peerId(), id, tree.root(), entries.size());
        root = Form.ROOT.seal(statement, keys, signatures);
        phase = Phase.REVEALING;
        out.add(new Action.PublishRoot(root));
        entries.keySet().forEach(bidder -> prove(bidder, out));
    }

    private List<Leaf> leaves() {
        return entries.values().stream().map(Entry::leaf).toList();
    }

    private void select(Instant now, Beacon chosen, List<Action> out) {
        var entrants = new HashSet<Entrant>();
        var prices = new HashMap<PeerId, Price>();
        for (var entry : entries.values()) {
            if (entry.reveal != null) {
                var leaf = entry.leaf();
                var bid = entry.reveal.statement().bid();
                entrants.add(new Entrant(bid, leaf.commit(), leaf.standing()));
                prices.put(bid.bidder(), bid.price());
            }
        }
        var seed = Selection.seed(id, nonce, signedRoot().statement().root(), chosen);
        ranking = Selection.select(entrants, terms.policy(), terms.lots(), seed);
        phase = Phase.DECIDING;
        decideBy = now.plus(settings.decisionTime());
        var winners = winners();
        if (winners.isEmpty()) {
            conclude(Map.of(), out);
        } else {
            out.add(new Action.Decide(id, terms.offer(), winners, prices));
        }
    }

    private Signed<WindowRoot> signedRoot() {
        if (root == null) {
            throw new IllegalStateException("bids without a root");
        }
        return root;
    }

    private List<Allotment> winners() {
        return ranking.stream().filter(rank -> rank.lots() > 0).toList();
    }

    /// Throws `IllegalArgumentException` when a denial is not of lots that the bidder would get.
    void decided(List<Denial> denials, List<Action> out) {
        if (phase != Phase.DECIDING) {
            return;
        }
        var byBidder = new HashMap<PeerId, Denial>();
        denials.forEach(denial -> byBidder.put(denial.bidder(), denial));
        Limits.require(byBidder.size() == denials.size(), "two denials of one bidder");
        for (var denial : denials) {
            boolean known =
                    winners().stream()
                            .anyMatch(winner ->
                                    winner.bidder().equals(denial.bidder())
                                            && winner.lots() >= denial.lots());
            Limits.require(known, "a denial of lots that the bidder would not get");
        }
        conclude(byBidder, out);
    }

    private void declineAll(List<Action> out) {
        var denials = new HashMap<PeerId, Denial>();
        for (var winner : winners()) {
            denials.put(
                    winner.bidder(),
                    new Denial(winner.bidder(), winner.lots(), Denial.Code.OWNER_DECLINED));
        }
        conclude(denials, out);
    }

    private void conclude(Map<PeerId, Denial> denied, List<Action> out) {
        int back = terms.lots();
        for (var winner : winners()) {
            var denial = denied.get(winner.bidder());
            int accepted = winner.lots() - (denial == null ? 0 : denial.lots());
            var reveal = entry(winner.bidder()).reveal;
            if (accepted > 0 && reveal != null) {
                back -= accepted;
                var bid = reveal.statement().bid();
                out.add(new Action.Accept(id, terms.offer(), bid, accepted));
            }
        }
        out.add(new Action.PublishResult(result(denied)));
        out.add(new Action.Closed(id, terms.offer(), back, silent()));
        phase = Phase.OVER;
    }

    private Entry entry(PeerId bidder) {
        var entry = entries.get(bidder);
        if (entry == null) {
            throw new IllegalStateException("a rank of nobody");
        }
        return entry;
    }

    private PublishedResult result(Map<PeerId, Denial> denied) {
        if (beacon == null) {
            throw new IllegalStateException("a result without a beacon");
        }
        var reveals = new ArrayList<Signed<Reveal>>();
        var denials = new ArrayList<Denial>();
        for (var entry : entries.values()) {
            var reveal = entry.reveal;
            if (reveal == null) {
                continue;
            }
            reveals.add(reveal);
            var bid = reveal.statement().bid();
            var denial = denied.get(bid.bidder());
            if (denial != null) {
                denials.add(denial);
            } else if (!terms.policy().admits(bid, entry.leaf().standing())) {
                denials.add(new Denial(bid.bidder(), bid.lots(), Denial.Code.TERMS_INVALID));
            }
        }
        var result =
                new WindowResult(
                        open, signedRoot(), leaves(), nonce, beacon, reveals, ranking, denials);
        return PublishedResult.seal(result, keys, signatures);
    }

    private List<PeerId> silent() {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().reveal == null)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void voided(VoidReason why, List<Action> out) {
        phase = Phase.OVER;
        out.add(new Action.Voided(id, terms.offer(), why));
    }
}
