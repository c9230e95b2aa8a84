package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ProfileTest {
    private static final Offering CONFIGURED = Offering.of("barber", Map.of("city", "Lyon"));
    private static final Offering TOLD =
            Offering.of("barber", Map.of("city", "Ghent", "price", "25..40"));
    private static final Offering TAILOR = Offering.of("tailor");

    @TempDir private Path directory;

    private Profile profile() {
        return new Profile(directory, List.of(CONFIGURED));
    }

    @Test
    void theOwnersWordReplacesTheConfigurationsAndOutlivesTheAgent() {
        var profile = profile();
        assertThat(profile.offerings()).containsExactly(CONFIGURED);
        profile.set(TOLD);
        profile.set(TAILOR);
        assertThat(profile.offerings()).containsExactly(TOLD, TAILOR);
        assertThat(profile().offerings()).containsExactly(TOLD, TAILOR);
    }

    @Test
    void whatIsClearedIsAsItWasConfigured() {
        var profile = profile();
        profile.set(TOLD);
        profile.set(TAILOR);
        assertThat(profile.clear(Optional.of("barber"))).isEqualTo(1);
        assertThat(profile.clear(Optional.of("baker"))).isZero();
        assertThat(profile.offerings()).containsExactly(CONFIGURED, TAILOR);
        assertThat(profile.clear(Optional.empty())).isEqualTo(1);
        assertThat(profile().offerings()).containsExactly(CONFIGURED);
    }

    @Test
    void anAgentOffersThirtyTwoThingsAtMost() {
        var profile = profile();
        for (int number = 1; number < ContactRecord.OFFERINGS_MAX; number++) {
            profile.set(Offering.of("tag-" + number));
        }
        assertThatThrownBy(() -> profile.set(TAILOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
        assertThat(profile().offerings()).doesNotContain(TAILOR);
    }

    @Test
    void aDamagedProfileKeepsTheAgentFromStarting() throws IOException {
        for (var text : List.of("{", "{\"offerings\": [{\"tag\": \"Not A Tag\"}]}")) {
            Files.writeString(directory.resolve("profile.json"), text);
            assertThatThrownBy(this::profile)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("profile.json");
        }
    }
}
