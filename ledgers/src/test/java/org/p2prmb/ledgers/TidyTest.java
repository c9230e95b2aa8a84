package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.rules.Tidy;

import java.io.IOException;
import java.nio.file.Path;

final class TidyTest {
    @Test
    void sourcesKeepTheHouseStyle() throws IOException {
        assertThat(Tidy.violations(Path.of(""))).isEmpty();
    }
}
