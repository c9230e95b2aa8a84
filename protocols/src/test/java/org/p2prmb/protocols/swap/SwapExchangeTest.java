package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.TermsCodec.Told;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Messages about swaps between two agents.
final class SwapExchangeTest {
    private static final KeyPair SELLER = Agents.keys(1);
    private static final KeyPair BUYER = Agents.keys(2);
    private static final Told SECRET =
            new Told(Swaps.hash("swap"), new SwapMessage.SecretIs(Swaps.SECRET));

    private final List<Told> heard = new ArrayList<>();
    private boolean refusing;

    private ConnectionPair connected() {
        SwapServer.Desk desk =
                (from, told) -> {
                    assertThat(from).isEqualTo(SELLER.peerId());
                    if (refusing) {
                        throw new ProtocolException("no such swap");
                    }
                    heard.add(told);
                };
        var server = new SwapServer(desk, InstantSource.fixed(Swaps.START));
        return new ConnectionPair(SELLER, BUYER).rightServes(SwapServer.PROTOCOL, server);
    }

    @Test
    void whatIsToldIsAcknowledgedOnceItWasTaken() throws IOException {
        try (var pair = connected()) {
            SwapClient.tell(pair.left(), SECRET);
            assertThat(heard).containsExactly(SECRET);
        }
    }

    @Test
    void whatIsRefusedIsNotAcknowledged() {
        refusing = true;
        try (var pair = connected()) {
            assertThatThrownBy(() -> SwapClient.tell(pair.left(), SECRET))
                    .isInstanceOf(IOException.class);
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void whoTellsTooOftenIsNotHeard() throws IOException {
        try (var pair = connected()) {
            for (int message = 0; message < 20; message++) {
                SwapClient.tell(pair.left(), SECRET);
            }
            assertThatThrownBy(() -> SwapClient.tell(pair.left(), SECRET))
                    .isInstanceOf(IOException.class);
        }
        assertThat(heard).hasSize(20);
    }

    @Test
    void whatIsNoMessageIsNotHeard() throws IOException {
        try (var pair = connected()) {
            for (var junk :
                    List.of(Bytes.EMPTY, Bytes.hex("ff"), Bytes.utf8("no message at all"))) {
                try (var stream =
                        pair.left().open(List.of(SwapServer.PROTOCOL), Duration.ofSeconds(5))) {
                    stream.deadline(Duration.ofSeconds(5));
                    Frames.write(stream, junk.unsafeArray());
                    stream.closeWrite();
                    assertThatThrownBy(() -> Frames.read(stream, 1))
                            .isInstanceOf(IOException.class);
                }
            }
        }
        assertThat(heard).isEmpty();
    }
}
