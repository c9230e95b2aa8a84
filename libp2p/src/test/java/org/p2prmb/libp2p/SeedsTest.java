package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;

class SeedsTest {
    @Test
    void theFailingSeedIsNamed() {
        assertThatThrownBy(() -> Seeds.forEach(2, random -> fail("broken")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dseed=")
                .hasMessageContaining("broken");
    }

    @Test
    void everySeedGivesOtherRandomNumbers() {
        var first = new ArrayList<Long>();
        Seeds.forEach(5, random -> first.add(random.nextLong()));
        assertThat(first).isNotEmpty().hasSameSizeAs(new HashSet<>(first));
    }
}
