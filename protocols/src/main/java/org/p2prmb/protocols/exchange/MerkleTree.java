package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.util.ArrayList;
import java.util.List;

/// The hash tree over the leaves of a window, in a given order.
///
/// A row's neighbours are hashed in pairs; a last one without a partner moves up as it is. The
/// domains of leaves, nodes and root differ, so none passes for another, and the root covers the
/// number of leaves.
@Pure
public final class MerkleTree {
    private static final String NODE_DOMAIN = "rmb/window-node/1";
    private static final String ROOT_DOMAIN = "rmb/window-tree/1";

    /// From the hashes of the leaves up to the single top.
    private final List<List<Bytes>> rows = new ArrayList<>();

    private final int count;

    public MerkleTree(List<Leaf> leaves) {
        Limits.count(leaves, WindowRoot.COUNT_MAX, "leaves");
        count = leaves.size();
        var row = leaves.stream().map(Leaf::hash).toList();
        rows.add(row);
        while (row.size() > 1) {
            row = parents(row);
            rows.add(row);
        }
    }

    private static List<Bytes> parents(List<Bytes> row) {
        var parents = new ArrayList<Bytes>(row.size() / 2 + 1);
        for (int at = 0; at < row.size(); at += 2) {
            boolean alone = at + 1 == row.size();
            parents.add(alone ? row.get(at) : node(row.get(at), row.get(at + 1)));
        }
        return parents;
    }

    /// SHA-256 over the [Canonical] list `"rmb/window-tree/1"`, number of leaves, top; without
    /// leaves the top is empty.
    public Bytes root() {
        var top = rows.getLast();
        return root(count, top.isEmpty() ? Bytes.EMPTY : top.getFirst());
    }

    static Bytes root(int count, Bytes top) {
        return Canonical.domain(ROOT_DOMAIN).number(count).bytes(top).sha256();
    }

    /// SHA-256 over the [Canonical] list `"rmb/window-node/1"`, left, right.
    static Bytes node(Bytes left, Bytes right) {
        return Canonical.domain(NODE_DOMAIN).bytes(left).bytes(right).sha256();
    }

    /// That the leaf at `index` is under the root.
    MerklePath path(int index) {
        var siblings = new ArrayList<Bytes>();
        int at = index;
        for (var row : rows) {
            int sibling = at ^ 1;
            if (sibling < row.size()) {
                siblings.add(row.get(sibling));
            }
            at >>= 1;
        }
        return new MerklePath(index, count, siblings);
    }
}
