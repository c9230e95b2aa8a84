package org.p2prmb.protocols.search;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.SearchCondition;

import java.util.Arrays;
import java.util.Map;

/// Whose filter is believed.
final class FiltersTest {
    private static final int MISLEADS_MAX = 20;
    private static final PeerId NEIGHBOUR = Agents.keys(3).peerId();

    private final Filters filters = new Filters(4, MISLEADS_MAX);

    @BeforeEach
    void promisesAll() {
        var ones = new byte[64];
        Arrays.fill(ones, (byte) 0xff);
        filters.connected(NEIGHBOUR);
        filters.heard(NEIGHBOUR, new FilterUpdate.Whole(1, Bytes.wrap(ones)));
    }

    private static SearchCondition tag(int number) {
        return SearchCondition.of("tag" + number);
    }

    private boolean isConsulted() {
        return filters.promising(tag(0).tagKey()).contains(NEIGHBOUR);
    }

    @Test
    void twentyTagsThatItPromisedInVainAreTooMany() {
        for (int number = 0; number < MISLEADS_MAX; number++) {
            assertThat(isConsulted()).isTrue();
            filters.misled(NEIGHBOUR, tag(number));
        }
        assertThat(isConsulted()).isFalse();
    }

    @Test
    void oneThatItKeptMakesGoodForThoseBefore() {
        for (int number = 0; number < 2 * MISLEADS_MAX - 2; number++) {
            filters.misled(NEIGHBOUR, tag(number));
            if (number == MISLEADS_MAX - 2) {
                filters.kept(NEIGHBOUR);
            }
        }
        assertThat(isConsulted()).isTrue();
    }

    @Test
    void whoRepeatsASearchOrInventsCriteriaDoesNotHaveItIgnored() {
        for (int number = 0; number < 1_000; number++) {
            filters.misled(NEIGHBOUR, tag(number % (MISLEADS_MAX - 1)));
            filters.misled(
                    NEIGHBOUR, SearchCondition.of("tag" + number, Map.of("price", "" + number)));
            filters.misled(NEIGHBOUR, tag(number).withMinReputation(1));
        }
        assertThat(isConsulted()).isTrue();
    }
}
