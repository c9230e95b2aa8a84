package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The parts of a result, to be put together wrongly.
final class ResultParts {
    Bytes nonce;
    Beacon beacon;
    Signed<WindowRoot> root;
    List<Leaf> leaves;
    List<Signed<Reveal>> reveals;
    List<Allotment> ranking;
    List<Denial> denials = new ArrayList<>();
    private final Signed<WindowOpen> open;

    ResultParts(WindowResult from) {
        open = from.open();
        nonce = from.nonce();
        beacon = from.beacon();
        root = from.root();
        leaves = new ArrayList<>(from.leaves());
        reveals = new ArrayList<>(from.reveals());
        ranking = new ArrayList<>(from.ranking());
    }

    WindowResult result() {
        return new WindowResult(open, root, leaves, nonce, beacon, reveals, ranking, denials);
    }

    /// The seller chooses leaves and signs the root that fits them.
    void signRoot() {
        var tree = new MerkleTree(leaves);
        var signed =
                new WindowRoot(
                        SellerRun.SELLER.peerId(),
                        open.statement().window(),
                        tree.root(),
                        leaves.size());
        root = Form.ROOT.seal(signed, SellerRun.SELLER);
    }

    /// The seller ranks as the policy says what is in the parts.
    void rank() {
        var entrants = new HashSet<Entrant>();
        for (var reveal : reveals) {
            var bid = reveal.statement().bid();
            entrants.add(new Entrant(bid, reveal.statement().commit(), Buyer.KNOWN));
        }
        var terms = open.statement();
        var seed = Selection.seed(terms.window(), nonce, root.statement().root(), beacon);
        ranking = Selection.select(entrants, terms.policy(), terms.lots(), seed);
    }

    ResultParts withoutRanks() {
        ranking = List.of();
        return this;
    }
}
