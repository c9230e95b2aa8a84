package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.host.TrimPlan.Candidate;
import org.p2prmb.libp2p.resource.WaterMarks;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

final class TrimPlanTest {
    private static final Instant NOW = Instant.EPOCH.plusSeconds(1_000);
    private static final WaterMarks MARKS =
            new WaterMarks(2, 4, Duration.ofSeconds(60), Duration.ofSeconds(10));

    /// A connection of no use that was dialled by another `age` seconds ago.
    private static Candidate<String> plain(String name, int age) {
        return new Candidate<>(name, false, 0, false, false, NOW.minusSeconds(age));
    }

    private static Candidate<String> worth(String name, int value) {
        return new Candidate<>(name, false, value, false, false, NOW.minusSeconds(500));
    }

    private static List<String> choose(List<Candidate<String>> all) {
        var shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled);
        return TrimPlan.choose(NOW, MARKS, shuffled);
    }

    @Test
    void upToTheHighMarkNobodyGoesAndAboveItAsManyAsLeaveTheLowMark() {
        var four = List.of(plain("a", 100), plain("b", 90), plain("c", 80), plain("d", 70));
        assertThat(choose(four)).isEmpty();
        var five = new ArrayList<>(four);
        five.add(plain("e", 60));
        assertThat(choose(five)).containsExactly("e", "d", "c");
    }

    @Test
    void theLeastValuableGoFirst() {
        var all =
                List.of(
                        worth("a", 20),
                        worth("b", -3),
                        worth("c", 5),
                        worth("d", 1),
                        worth("e", 7));
        assertThat(choose(all)).containsExactly("b", "d", "c");
    }

    @Test
    void amongEqualsThoseInUseAndThoseThatWeDialledStayLonger() {
        var old = NOW.minusSeconds(500);
        var all =
                List.of(
                        new Candidate<>("used", false, 0, true, false, old),
                        new Candidate<>("ours", false, 0, false, true, old),
                        new Candidate<>("theirs", false, 0, false, false, old),
                        new Candidate<>("both", false, 0, true, true, old),
                        new Candidate<>("valued", false, 1, false, false, old));
        assertThat(choose(all)).containsExactly("theirs", "ours", "used");
    }

    @Test
    void whatIsNeededOrNewStaysHoweverManyThereAre() {
        var old = NOW.minusSeconds(500);
        var all = new ArrayList<Candidate<String>>();
        for (var i = 0; i < 5; i++) {
            all.add(new Candidate<>("needed", true, 0, false, false, old));
            all.add(plain("new", 59));
        }
        assertThat(choose(all)).isEmpty();
        all.add(plain("old", 60));
        assertThat(choose(all)).containsExactly("old");
    }
}
