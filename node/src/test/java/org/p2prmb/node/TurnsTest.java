package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Optional;

final class TurnsTest {
    private final Turns<String, Integer> turns = new Turns<>(6);

    @Test
    void whoBringsMuchWaitsForItselfAndNotOthersForIt() {
        for (int thing = 0; thing < 4; thing++) {
            turns.add("flood", thing, 4);
        }
        turns.add("calm", 10, 4);
        assertThat(turns.next()).contains(0);
        assertThat(turns.next()).contains(10);
        assertThat(turns.next()).contains(1);
        turns.add("calm", 11, 4);
        assertThat(turns.next()).contains(2);
        assertThat(turns.next()).contains(11);
        assertThat(turns.next()).contains(3);
        assertThat(turns.next()).isEmpty();
    }

    @Test
    void nobodyHasMoreThanItsPlaces() {
        assertThat(turns.add("one", 1, 1).added()).isTrue();
        assertThat(turns.add("one", 2, 1).added()).isFalse();
        assertThat(turns.next()).contains(1);
        assertThat(turns.next()).isEmpty();
    }

    @Test
    void whenAllPlacesAreTakenWhoHasMostMakesRoom() {
        for (int thing = 0; thing < 6; thing++) {
            assertThat(turns.add("flood", thing, 6).added()).isTrue();
        }
        assertThat(turns.add("calm", 10, 6)).isEqualTo(new Turns.Added<>(true, Optional.of(5)));
        assertThat(turns.add("calm", 11, 6)).isEqualTo(new Turns.Added<>(true, Optional.of(4)));
        assertThat(turns.add("flood", 6, 6).added()).isFalse();
        // Four and two: the third makes it equal, and nobody is pushed out for more than that.
        assertThat(turns.add("calm", 12, 6)).isEqualTo(new Turns.Added<>(true, Optional.of(3)));
        assertThat(turns.add("calm", 13, 6).added()).isFalse();
        assertThat(turns.next()).contains(0);
        assertThat(turns.next()).contains(10);
    }
}
