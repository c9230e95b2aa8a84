package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

import java.util.List;

/// That a leaf is under the root of a window.
///
/// @param index of the leaf, from 0
/// @param count of all leaves, 1 to [WindowRoot#COUNT_MAX]
/// @param siblings the hashes beside the way up, from the leaf on
public record MerklePath(int index, int count, List<Bytes> siblings) {
    /// The height of the largest tree.
    public static final int SIBLINGS_MAX = 8;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public MerklePath {
        siblings = List.copyOf(siblings);
        Limits.require(
                count >= 1 && count <= WindowRoot.COUNT_MAX && index >= 0 && index < count,
                "a path to a leaf that no tree has");
        Limits.count(siblings, SIBLINGS_MAX, "siblings");
        siblings.forEach(sibling -> Hashes.require(sibling, "a sibling"));
    }

    /// Whether a tree with this leaf at this place has that root. Never with more or fewer siblings
    /// than a tree of this size has there.
    public boolean leads(Leaf leaf, Bytes root) {
        var hash = leaf.hash();
        int used = 0;
        int at = index;
        for (int width = count; width > 1; width = (width + 1) / 2) {
            if ((at ^ 1) < width) {
                if (used == siblings.size()) {
                    return false;
                }
                var sibling = siblings.get(used++);
                boolean left = (at & 1) == 0;
                hash = left ? MerkleTree.node(hash, sibling) : MerkleTree.node(sibling, hash);
            }
            at >>= 1;
        }
        return used == siblings.size() && MerkleTree.root(count, hash).equals(root);
    }

    public static MerklePath decode(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                ExchangeWire.MerklePath.parser(),
                encoded,
                message ->
                        new MerklePath(
                                message.getIndex(),
                                message.getCount(),
                                message.getSiblingsList().stream().map(Wire::bytes).toList()));
    }

    public Bytes encoded() {
        return Wire.encode(
                ExchangeWire.MerklePath.newBuilder()
                        .setIndex(index)
                        .setCount(count)
                        .addAllSiblings(siblings.stream().map(Wire::field).toList())
                        .build());
    }
}
