package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What our side of a conversation takes for a reset.
final class ConversationsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final CountDownLatch over = new CountDownLatch(1);
    private final JavaPeer opener;
    private final JavaPeer listener;

    ConversationsTest() throws IOException {
        opener = JavaPeer.start();
        listener = JavaPeer.start();
    }

    @AfterEach
    void close() {
        over.countDown();
        opener.close();
        listener.close();
    }

    private Stream open(StreamHandler remote) throws IOException {
        listener.host().handle(Conversations.RESET, remote);
        var connection = opener.host().connect(listener.address(), LIMIT);
        return connection.open(List.of(Conversations.RESET), LIMIT);
    }

    @Test
    void aResetOfTheRemoteIsOne() throws Exception {
        try (var stream = open(Conversations::serveReset)) {
            stream.deadline(LIMIT);
            assertThat(Conversations.reset(stream, 'l').get("reset").asBoolean()).isTrue();
        }
    }

    @Test
    void theEndOfTheRemotesSideIsNone() throws Exception {
        try (var stream = open(Stream::closeWrite)) {
            stream.deadline(LIMIT);
            assertThat(Conversations.reset(stream, 'l').get("reset").asBoolean()).isFalse();
        }
    }

    @Test
    void aRemoteThatDoesNothingIsATimeout() throws Exception {
        try (var stream = open(_ -> over.await())) {
            stream.deadline(SHORT);
            assertThatThrownBy(() -> Conversations.reset(stream, 'l'))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void theEndOfTheConnectionIsNone() throws Exception {
        try (var stream = open(remote -> remote.connection().close())) {
            stream.deadline(LIMIT);
            assertThatThrownBy(() -> Conversations.reset(stream, 'l'))
                    .isInstanceOf(IOException.class);
        }
    }
}
