package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.StreamSupport;

/// What two connected peers of the matrix do with each other; the first is who dialled.
enum Check {
    PING {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            meeting.dialer().ask("ping", about(meeting.listener()));
            meeting.listener().ask("ping", about(meeting.dialer()));
        }
    },
    IDENTIFY {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            var listener = identified(meeting.dialer(), meeting.listener());
            var dialer = identified(meeting.listener(), meeting.dialer());
            assertIdentified(listener, meeting.listener(), meeting.cell().listener());
            assertIdentified(dialer, meeting.dialer(), meeting.cell().dialer());
            var dialled =
                    meeting.listener().address(meeting.cell().transport()).withoutPeer().toString();
            assertThat(listener.get("listenAddrs"))
                    .anySatisfy(address -> assertThat(address.asText()).startsWith(dialled));
        }
    },
    UP {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            transfer(meeting, LARGE, 0);
        }
    },
    DOWN {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            transfer(meeting, 0, LARGE);
        }
    },
    HALF_CLOSE {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            halfClose(meeting.dialer(), meeting.listener());
            halfClose(meeting.listener(), meeting.dialer());
        }
    },
    RESET {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            reset(meeting.dialer(), meeting.listener());
            reset(meeting.listener(), meeting.dialer());
        }
    },
    PERF {
        @Override
        void run(Meeting meeting) throws IOException, InterruptedException {
            perf(meeting.dialer(), meeting.listener());
            perf(meeting.listener(), meeting.dialer());
        }
    };

    private static final long LARGE = 64L << 20;
    private static final long SMALL = 3L << 20;
    private static final String PROTOCOL = "/ipfs/ping/1.0.0";

    abstract void run(Meeting meeting) throws IOException, InterruptedException;

    /// As `matrix.json` has it.
    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Check of(String title) {
        return valueOf(title.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static Map<String, String> about(MatrixPeer peer) {
        return Map.of("peer", peer.peerId().toString());
    }

    /// The answer of `asked`; a push of js-libp2p, which may come first, names no key.
    private static JsonNode identified(MatrixPeer asker, MatrixPeer asked)
            throws InterruptedException {
        var id = asked.peerId().toString();
        return asker.await(
                "identified",
                event -> event.path("peer").asText().equals(id) && event.hasNonNull("publicKey"));
    }

    private static void assertIdentified(
            JsonNode identified, MatrixPeer asked, Implementation whose) throws IOException {
        var key = Bytes.hex(identified.path("publicKey").asText());
        assertThat(PublicKey.decode(key).peerId()).isEqualTo(asked.peerId());
        assertThat(identified.get("agentVersion").asText()).startsWith(whose.agent());
        assertThat(identified.get("protocolVersion").asText()).isNotEmpty();
        assertThat(identified.get("observedAddr").asText()).startsWith("/ip4/127.0.0.1/tcp/");
        var protocols = identified.get("protocols");
        assertThat(StreamSupport.stream(protocols.spliterator(), false).map(JsonNode::asText))
                .contains(PROTOCOL, Conversations.TRANSFER);
    }

    static void transfer(Meeting meeting, long up, long down)
            throws IOException, InterruptedException {
        var dialer = meeting.dialer();
        var listener = meeting.listener();
        var asked = Map.of("peer", listener.peerId().toString(), "up", up, "down", down);
        var ours = dialer.ask("transfer", asked);
        var theirs = listener.await("transferred", dialer);
        assertThat(ours.get("bytes").asLong()).isEqualTo(down);
        assertThat(theirs.get("bytes").asLong()).isEqualTo(up);
        assertThat(ours.get("received")).isEqualTo(theirs.get("sent"));
        assertThat(theirs.get("received")).isEqualTo(ours.get("sent"));
    }

    private static void halfClose(MatrixPeer opener, MatrixPeer listener)
            throws IOException, InterruptedException {
        for (var first : new String[] {"o", "l"}) {
            var asked = Map.of("peer", listener.peerId().toString(), "first", first);
            var ours = opener.ask("halfClose", asked).get("bytes").asInt();
            var theirs = listener.await("halfClosed", opener).get("bytes").asInt();
            var openerFirst = first.equals("o");
            assertThat(ours).isEqualTo(openerFirst ? Conversations.LATE_BYTES : 0);
            assertThat(theirs).isEqualTo(openerFirst ? 0 : Conversations.LATE_BYTES);
        }
    }

    private static void reset(MatrixPeer opener, MatrixPeer listener)
            throws IOException, InterruptedException {
        for (var by : new String[] {"o", "l"}) {
            var asked = Map.of("peer", listener.peerId().toString(), "by", by);
            assertThat(opener.ask("reset", asked).get("reset").asBoolean()).isTrue();
            assertThat(listener.await("reset", opener).get("reset").asBoolean()).isTrue();
        }
    }

    private static void perf(MatrixPeer opener, MatrixPeer listener)
            throws IOException, InterruptedException {
        var id = listener.peerId().toString();
        opener.ask("perf", Map.of("peer", id, "up", SMALL, "down", SMALL));
    }
}
