package org.p2prmb.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.util.HashMap;
import java.util.HashSet;

final class LinksTest {
    private static final int AGENTS = 60;

    /// Against a map, with so many additions and removals that gaps close in every way.
    @Test
    void linksAreFoundByTheirPairAndByTheirAgents() {
        Seeds.forEach(
                30,
                random -> {
                    var links = new Links(AGENTS);
                    var model = new HashMap<Integer, Integer>();
                    for (int step = 0; step < 10_000; step++) {
                        int low = random.nextInt(AGENTS - 1);
                        int high = random.nextInt(low + 1, AGENTS);
                        int pair = low * AGENTS + high;
                        var slot = model.get(pair);
                        assertThat(links.find(low, high))
                                .isEqualTo(links.find(high, low))
                                .isEqualTo(slot == null ? Links.NONE : slot);
                        if (slot == null) {
                            model.put(pair, links.add(low, high));
                        } else {
                            links.remove(slot);
                            model.remove(pair);
                        }
                    }
                    assertThat(links.size()).isEqualTo(model.size());
                    for (int agent = 0; agent < AGENTS; agent++) {
                        var listed = new HashSet<Integer>();
                        for (int end = links.firstEnd(agent);
                                end != Links.NONE;
                                end = links.nextEnd(end)) {
                            listed.add(links.other(Links.slotOfEnd(end), agent));
                        }
                        var expected = new HashSet<Integer>();
                        for (int pair : model.keySet()) {
                            if (pair / AGENTS == agent || pair % AGENTS == agent) {
                                expected.add(pair / AGENTS + pair % AGENTS - agent);
                            }
                        }
                        assertThat(listed).isEqualTo(expected);
                    }
                });
    }

    @Test
    void frameOrderIsKeptInEachDirectionOnItsOwn() {
        var links = new Links(2);
        int slot = links.add(1, 0);
        assertThat(links.inOrder(slot, 0, 50)).isEqualTo(50);
        assertThat(links.inOrder(slot, 0, 40)).isEqualTo(50);
        assertThat(links.inOrder(slot, 1, 40)).isEqualTo(40);
    }
}
