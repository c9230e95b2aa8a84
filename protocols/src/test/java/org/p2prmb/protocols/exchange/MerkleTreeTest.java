package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

final class MerkleTreeTest {
    private static final PeerId BIDDER = Agents.keys(1).peerId();

    private static List<Leaf> leaves(int count) {
        var leaves = new ArrayList<Leaf>();
        for (int number = 0; number < count; number++) {
            leaves.add(new Leaf(Buyer.nonce(number), BIDDER, Buyer.KNOWN));
        }
        return leaves;
    }

    @Test
    void everyLeafOfEveryTreeHasAPathAndNoOtherLeafHasIt() throws ProtocolException {
        for (int count : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 100, 255, 256}) {
            var leaves = leaves(count);
            var tree = new MerkleTree(leaves);
            for (int index = 0; index < count; index++) {
                var path = MerklePath.decode(tree.path(index).encoded());
                assertThat(path.leads(leaves.get(index), tree.root())).isTrue();
                var other = leaves.get((index + 1) % count);
                assertThat(path.leads(other, tree.root())).isEqualTo(count == 1);
            }
        }
    }

    @Test
    void anAlteredLeafPathPlaceOrRootLeadsNowhere() {
        Seeds.forEach(
                200,
                random -> {
                    int count = random.nextInt(2, 40);
                    var leaves = leaves(count);
                    var tree = new MerkleTree(leaves);
                    int index = random.nextInt(count);
                    var leaf = leaves.get(index);
                    var path = tree.path(index);

                    var upgraded = new Leaf(leaf.commit(), BIDDER, new Standing(6, false, 0));
                    assertThat(path.leads(upgraded, tree.root())).isFalse();
                    var newcomer = new Leaf(leaf.commit(), BIDDER, new Standing(5, true, 0));
                    assertThat(path.leads(newcomer, tree.root())).isFalse();
                    var another = new Leaf(leaf.commit(), Agents.keys(2).peerId(), Buyer.KNOWN);
                    assertThat(path.leads(another, tree.root())).isFalse();

                    var siblings = new ArrayList<>(path.siblings());
                    siblings.set(
                            random.nextInt(siblings.size()), Bytes.wrap(Seeds.bytes(random, 32)));
                    assertThat(new MerklePath(index, count, siblings).leads(leaf, tree.root()))
                            .isFalse();
                    siblings = new ArrayList<>(path.siblings());
                    siblings.removeLast();
                    assertThat(new MerklePath(index, count, siblings).leads(leaf, tree.root()))
                            .isFalse();
                    siblings = new ArrayList<>(path.siblings());
                    siblings.add(tree.root());
                    assertThat(new MerklePath(index, count, siblings).leads(leaf, tree.root()))
                            .isFalse();

                    var moved = new MerklePath((index + 1) % count, count, path.siblings());
                    assertThat(moved.leads(leaf, tree.root())).isFalse();
                    var larger = new MerklePath(index, count + 1, path.siblings());
                    assertThat(larger.leads(leaf, tree.root())).isFalse();
                    assertThat(path.leads(leaf, new MerkleTree(leaves(count + 1)).root()))
                            .isFalse();
                });
    }

    @Test
    void noTwoListsOfLeavesHaveOneRoot() {
        var roots = new HashSet<Bytes>();
        for (int count = 0; count <= 256; count++) {
            assertThat(roots.add(new MerkleTree(leaves(count)).root())).isTrue();
        }
        var reversed = leaves(5).reversed();
        assertThat(roots.add(new MerkleTree(reversed).root())).isTrue();
        // A node is no leaf and no root.
        var twoLeaves = leaves(2);
        var node = MerkleTree.node(twoLeaves.get(0).hash(), twoLeaves.get(1).hash());
        assertThat(roots).doesNotContain(node);
    }

    @Test
    void treesAndPathsAreBounded() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MerkleTree(leaves(257)));
        assertThatIllegalArgumentException().isThrownBy(() -> new MerklePath(0, 257, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new MerklePath(3, 3, List.of()));
        var nine = leaves(9).stream().map(Leaf::hash).toList();
        assertThatIllegalArgumentException().isThrownBy(() -> new MerklePath(0, 256, nine));
        assertThat(new MerkleTree(leaves(256)).path(17).siblings()).hasSize(8);
    }
}
