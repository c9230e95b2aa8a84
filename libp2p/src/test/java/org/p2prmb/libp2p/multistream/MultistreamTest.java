package org.p2prmb.libp2p.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multistream.Multistream.Tokens;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

final class MultistreamTest {
    private static final String HEADER = "/multistream/1.0.0";

    @Test
    void tokensAreTheVectors() throws IOException {
        var messages = Vectors.at("multistream", "messages");
        for (var field : (Iterable<String>) messages::fieldNames) {
            var encoded = Vectors.bytes(messages, field);

            assertThat(Bytes.wrap(Tokens.encode(field))).isEqualTo(encoded);
            assertThat(Tokens.read(new Input(encoded.toArray()))).isEqualTo(field);
        }
    }

    @Test
    @DisplayName("py-libp2p#285: a pipelined header")
    void theListenerAnswersHeaderAndProposalOfOnePacketInOne() throws IOException {
        var input = new Input(Multistream.proposal("/a"), utf8("data"));
        var sent = new Sent();

        send(sent, Multistream.answer(input, sent, "/a"::equals, List::of));
        assertThat(sent.packets).containsExactly(tokens(HEADER, "/a"));
        assertThat(input.rest()).isEqualTo(Bytes.utf8("data"));
    }

    @Test
    void theListenerSendsItsHeaderToADialerThatWaitsForIt() throws IOException {
        var input = new Input(Tokens.encode(HEADER), Tokens.encode("/a"));
        var sent = new Sent();

        send(sent, Multistream.answer(input, sent, "/a"::equals, List::of));

        assertThat(sent.packets).containsExactly(tokens(HEADER), tokens("/a"));
    }

    @Test
    @DisplayName("rust-libp2p#4772: another header")
    void theListenerWantsExactlyTheHeaderFirst() {
        for (var first : List.of("/a", "/multistream/1.0.0 ", "/multistream/1.0.1", "na", "ls")) {
            var sent = new Sent();
            var input = new Input(tokens(first, "/a").toArray());

            assertThatThrownBy(() -> Multistream.answer(input, sent, "/a"::equals, List::of))
                    .as(first)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining(HEADER);
            assertThat(sent.packets).isEmpty();
        }
    }

    @Test
    void unknownProposalsAreRefusedUntilOneFits() throws IOException {
        var input = new Input(tokens(HEADER, "/x", "/y", "/a").toArray());
        var sent = new Sent();

        send(sent, Multistream.answer(input, sent, "/a"::equals, List::of));
        assertThat(sent.all()).isEqualTo(tokens(HEADER, "na", "na", "/a"));
    }

    @Test
    @DisplayName("rust-libp2p#435, rust-libp2p#1847: ls")
    void aListIsAnsweredWithNestedNames() throws IOException {
        var input = new Input(tokens(HEADER, "ls", "/a").toArray());
        var sent = new Sent();

        send(sent, Multistream.answer(input, sent, "/a"::equals, () -> List.of("/a", "/bb")));

        var nested = Bytes.hex("08").concat(tokens("/a", "/bb")).concat(Bytes.utf8("\n"));
        nested = Bytes.hex("0a").concat(nested.slice(1, nested.size()));
        assertThat(sent.all()).isEqualTo(tokens(HEADER).concat(nested).concat(tokens("/a")));
    }

    @Test
    void namesThatDoNotBeginWithASlashAreNotAsked() throws IOException {
        var input = new Input(tokens(HEADER, "a", "/a").toArray());

        assertThat(
                        Multistream.answer(input, new Sent(), name -> true, List::of)
                                .orElseThrow()
                                .protocol())
                .isEqualTo("/a");
    }

    @Test
    void theListenerStopsAfterItsRounds() {
        var proposals = new String[33];
        Arrays.fill(proposals, "/x");
        var input = new Input(tokens(HEADER).concat(tokens(proposals)).toArray());
        var sent = new Sent();

        assertThatThrownBy(() -> Multistream.answer(input, sent, "/a"::equals, List::of))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("32");
    }

    @Test
    void theDialerTakesTheFirstThatFits() throws IOException {
        var input = new Input(tokens(HEADER, "na", "/b").toArray());
        var sent = new Sent();

        assertThat(Multistream.select(input, sent, List.of("/a", "/b", "/c"))).isEqualTo("/b");
        assertThat(sent.packets).containsExactly(tokens(HEADER, "/a"), tokens("/b"));
    }

    @Test
    void theDialerGivesUpWhenNothingFits() {
        var input = new Input(tokens(HEADER, "na", "na").toArray());

        assertThatThrownBy(() -> Multistream.select(input, new Sent(), List.of("/a", "/b")))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void aLazyProposalIsConfirmedOrRefused() throws IOException {
        var accepted = new Input(tokens(HEADER, "/a").toArray(), utf8("data"));
        Multistream.confirm(accepted, "/a");

        assertThat(accepted.rest()).isEqualTo(Bytes.utf8("data"));
        assertThatThrownBy(
                        () -> Multistream.confirm(new Input(tokens(HEADER, "na").toArray()), "/a"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("does not speak /a");
        assertThatThrownBy(
                        () -> Multistream.confirm(new Input(tokens(HEADER, "/b").toArray()), "/a"))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> Multistream.confirm(new Input(tokens("/a").toArray()), "/a"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(HEADER);
    }

    @Test
    void wrongLengthsAreRefusedBeforeTheTextIsRead() {
        for (var prefix : List.of("00", "8100", "8108", "ff7f", "ffff01", "ffffffffffffffff7f")) {
            assertThatThrownBy(() -> Tokens.read(new Input(Bytes.hex(prefix).toArray())))
                    .as(prefix)
                    .isInstanceOf(ProtocolException.class);
        }
        assertThatThrownBy(() -> Tokens.read(new Input(Bytes.hex("022f61").toArray())))
                .hasMessageContaining("newline");
    }

    @Test
    void theLongestTokenIsRead() throws IOException {
        var longest = "/" + "a".repeat(1022);

        assertThat(Tokens.read(new Input(Tokens.encode(longest)))).isEqualTo(longest);
        assertThatThrownBy(() -> Tokens.encode(longest + "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("rust-libp2p#1871: early data after a refusal")
    void whatFollowsARefusalIsNoViolation() throws IOException {
        for (var rest : List.of("ffffffffff", "", "05", "03616263")) {
            var input = new Input(tokens(HEADER, "/x").toArray(), Bytes.hex(rest).toArray());
            var sent = new Sent();

            assertThat(Multistream.answer(input, sent, "/a"::equals, List::of)).isEmpty();
            assertThat(sent.all()).isEqualTo(tokens(HEADER, "na"));
        }
    }

    @Test
    void junkNeverAgreesNorBreaksTheListener() {
        Seeds.forEach(
                2_000,
                random -> {
                    var junk = Seeds.mutate(random, tokens(HEADER, "/x", "ls", "/y").toArray());
                    try {
                        var input = new Input(junk);
                        var agreed = Multistream.answer(input, new Sent(), _ -> false, List::of);
                        assertThat(agreed).isEmpty();
                    } catch (IOException e) {
                        assertThat(e).isInstanceOfAny(ProtocolException.class, EOFException.class);
                    }
                });
    }

    private static void send(Sent sent, Optional<Multistream.Agreement> agreed) {
        assertThat(agreed.orElseThrow().protocol()).isEqualTo("/a");
        sent.packets.add(agreed.orElseThrow().reply());
    }

    private static Bytes tokens(String... names) {
        var bytes = new ByteArrayOutputStream();
        Arrays.stream(names).map(Tokens::encode).forEach(bytes::writeBytes);
        return Bytes.wrap(bytes.toByteArray());
    }

    private static byte[] utf8(String text) {
        return Bytes.utf8(text).toArray();
    }

    /// Bytes that arrive in packets: nothing of the next one is there before it is needed.
    private static final class Input implements TokenInput {
        private final List<byte[]> packets = new ArrayList<>();
        private int position;

        Input(byte[]... packets) {
            this.packets.addAll(List.of(packets));
        }

        @Override
        public int next() throws IOException {
            while (!packets.isEmpty() && !buffered()) {
                packets.removeFirst();
                position = 0;
            }
            if (packets.isEmpty()) {
                throw new EOFException();
            }
            return packets.getFirst()[position++] & 0xff;
        }

        @Override
        public boolean buffered() {
            return !packets.isEmpty() && position < packets.getFirst().length;
        }

        Bytes rest() {
            var rest = new ByteArrayOutputStream();
            for (var packet : packets) {
                rest.write(packet, position, packet.length - position);
                position = 0;
            }
            return Bytes.wrap(rest.toByteArray());
        }
    }

    private static final class Sent implements TokenOutput {
        private final List<Bytes> packets = new ArrayList<>();

        @Override
        public void write(byte[] from, int offset, int length) {
            packets.add(Bytes.wrap(Arrays.copyOfRange(from, offset, offset + length)));
        }

        Bytes all() {
            return packets.stream().reduce(Bytes.EMPTY, Bytes::concat);
        }
    }
}
