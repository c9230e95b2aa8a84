package org.p2prmb.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipCodec;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.MessageIds;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// What the ledger takes for a broken promise, and what for a delivery in time.
final class LedgerTest {
    private static final int AGENTS = 4;
    private static final int AUTHOR = 0;
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private final Population population = new Population(1, AGENTS);
    private final GossipCodec codec = new GossipCodec(MessageIds.SHA256, Signatures.REAL);
    private final Simulation simulation = new Simulation(1, AGENTS, (_, _) -> List.of());
    private final Ledger ledger = new Ledger(simulation, roles());

    private static Roles roles() {
        var settings = GossipSettings.of(RunSettings.of(AGENTS, 1, 1));
        return new Roles(settings, new SplittableRandom(1));
    }

    @BeforeEach
    void allAreUp() {
        for (int agent = 0; agent < AGENTS; agent++) {
            ledger.started(agent);
        }
        simulation.run(SETTLING);
        ledger.measureFromNow();
    }

    private GossipMessage message(int number) {
        var data = Bytes.utf8("message " + number);
        return codec.sign(population.keys(AUTHOR), number, "topic", data);
    }

    private GossipMessage published(int number) {
        var message = message(number);
        ledger.published(AUTHOR, 0, message);
        return message;
    }

    private double rate() {
        simulation.run(Ledger.IN_TIME.plusSeconds(1));
        return ledger.outcomes().rate();
    }

    @Test
    void aDeliveryInTimeCounts() {
        var message = published(1);
        for (int agent = 1; agent < AGENTS; agent++) {
            ledger.delivered(agent, message);
        }
        assertThat(rate()).isEqualTo(1);
        assertThat(ledger.delays().total()).isEqualTo(AGENTS - 1);
    }

    @Test
    void aDeliveryAfterSixSecondsIsTooLate() {
        var message = published(1);
        ledger.delivered(1, message);
        simulation.run(Ledger.IN_TIME.plusMillis(1));
        ledger.delivered(2, message);
        ledger.delivered(3, message);
        assertThat(rate()).isEqualTo(1.0 / 3);
    }

    @Test
    void whoIsDownFrozenOrCutOffIsOwedNothing() {
        var message = published(1);
        ledger.ended(1);
        ledger.delivered(2, message);
        ledger.stalled(3, Duration.ofSeconds(1));
        assertThat(rate()).isEqualTo(1);
        ledger.cut();
        ledger.stalled(1, Duration.ofSeconds(60));
        published(2);
        assertThat(rate()).isEqualTo(1);
    }

    @Test
    void deliveringTwiceIsAViolation() {
        var message = published(1);
        ledger.delivered(1, message);
        assertThatThrownBy(() -> ledger.delivered(1, message))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("again");
        assertThatThrownBy(() -> ledger.delivered(AUTHOR, message)).isInstanceOf(Violation.class);
    }

    @Test
    void aRestartedAgentMayDeliverOnceMore() {
        var message = published(1);
        ledger.delivered(1, message);
        ledger.ended(1);
        ledger.started(1);
        ledger.delivered(1, message);
        assertThat(ledger.delays().total()).isEqualTo(2);
    }

    @Test
    void deliveringWhatTheAuthorDidNotSignIsAViolation() {
        var message = published(1);
        var encoded = message.encoded().toArray();
        encoded[encoded.length - 1] ^= 1;
        var altered =
                new GossipMessage(
                        message.id(),
                        message.from(),
                        message.seqno(),
                        message.topic(),
                        message.data(),
                        Bytes.wrap(encoded));
        assertThat(codec.verify(message)).isTrue();
        assertThat(codec.verify(altered)).isFalse();
        assertThatThrownBy(() -> ledger.delivered(1, altered))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("did not sign");
    }

    @Test
    void deliveringWhatNobodyPublishedIsAViolation() {
        assertThatThrownBy(() -> ledger.delivered(1, message(9)))
                .isInstanceOf(Violation.class)
                .hasMessageContaining("nobody has published");
    }
}
