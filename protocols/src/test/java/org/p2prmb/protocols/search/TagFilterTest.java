package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.SearchCondition;

import java.util.ArrayList;
import java.util.List;

final class TagFilterTest {
    private static final PeerId NEIGHBOUR = Agents.keys(3).peerId();

    private static List<Bytes> keys(int from, int to) {
        var keys = new ArrayList<Bytes>();
        for (int number = from; number < to; number++) {
            keys.add(SearchCondition.tagKey("tag-" + number));
        }
        return keys;
    }

    @Test
    void whatIsInAFilterIsAlwaysSeenAndWhatIsNotSeldom() {
        for (int count : List.of(1, 50, 200, 1_000, TagFilter.TAGS_MAX)) {
            var filter = TagFilter.of(keys(0, count));
            assertThat(keys(0, count)).allMatch(filter::mayContain);
            var wrong = keys(10_000, 20_000).stream().filter(filter::mayContain).count();
            assertThat(wrong).as("%d tags", count).isLessThan(150);
            assertThat(filter.size()).isGreaterThanOrEqualTo(Math.min(count * 10, 65_536));
        }
    }

    @Test
    void twoHundredTagsTakeAtMost512Bytes() {
        assertThat(TagFilter.of(keys(0, 200)).encoded().size()).isEqualTo(256);
        assertThat(TagFilter.of(keys(0, 205)).encoded().size()).isEqualTo(512);
    }

    @Test
    void onlyPowersOfTwoAreFilters() {
        for (int bytes : List.of(0, 1, 63, 65, 100, 8_193, 16_384)) {
            assertThatThrownBy(() -> TagFilter.of(Bytes.wrap(new byte[bytes])))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// Both sides stay alike whatever changes, and although an update is lost now and then.
    @Test
    void aNeighbourKnowsOurFilterAfterTenUpdatesAtMost() {
        Seeds.forEach(
                20,
                random -> {
                    var ours = new Filters(8, 20);
                    var theirs = new Filters(8, 20);
                    ours.connected(NEIGHBOUR);
                    theirs.connected(NEIGHBOUR);
                    var keys = keys(0, 300);
                    for (int round = 0; round < 40; round++) {
                        var lost = round < 25 && random.nextInt(5) == 0;
                        keys = keys(round, 300 + random.nextInt(3));
                        ours.changed(keys);
                        ours.news(NEIGHBOUR)
                                .filter(_ -> !lost)
                                .ifPresent(update -> theirs.heard(NEIGHBOUR, update));
                    }
                    assertThat(keys).allMatch(key -> theirs.promising(key).contains(NEIGHBOUR));
                });
    }

    @Test
    void updatesComeBackAsTheyWereSent() throws Exception {
        var whole = new FilterUpdate.Whole(3, TagFilter.of(keys(0, 9)).encoded());
        assertThat(SearchCodec.decodeFilter(SearchCodec.encode(whole))).isEqualTo(whole);
        var change = new FilterUpdate.Change(4, List.of(0, 7, 511, 65_535));
        assertThat(SearchCodec.decodeFilter(SearchCodec.encode(change))).isEqualTo(change);
        assertThat(SearchCodec.encode(change).size()).isLessThan(20);
    }
}
