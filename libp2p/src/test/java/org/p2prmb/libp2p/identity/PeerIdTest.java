package org.p2prmb.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Multibase;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.ArrayList;
import java.util.stream.Stream;

final class PeerIdTest {
    @ParameterizedTest
    @EnumSource
    void everyFormOfAPublishedIdIsRead(KeyType type) throws ProtocolException {
        var vector = KeysTest.vector(type);
        var id = PeerId.decode(Vectors.bytes(vector, "multihash"));
        assertThat(PeerId.parse(Vectors.text(vector, "base58"))).isEqualTo(id);
        assertThat(PeerId.parse(Vectors.text(vector, "cidv1_base32"))).isEqualTo(id);
        assertThat(PeerId.parse(Vectors.text(vector, "cidv1_base36"))).isEqualTo(id);
        for (var base : Multibase.values()) {
            assertThat(PeerId.parse(base.encode(Bytes.hex("0172").concat(id.multihash()))))
                    .isEqualTo(id);
        }
    }

    @Test
    void textsOfOnePeerAreEqual() {
        var groups = Vectors.at("peer_id_text", "equal");
        assertThat(groups).hasSize(3);
        for (var group : groups) {
            var ids = new ArrayList<PeerId>();
            group.forEach(text -> ids.add(PeerId.parse(text.textValue())));
            assertThat(ids).hasSizeGreaterThan(1).containsOnly(ids.getFirst());
        }
    }

    static Stream<String> refusedTexts() {
        return Stream.of(
                        Stream.of(Vectors.at("go_peer_test", "must_reject_cid").textValue()),
                        Vectors.at("peer_id_text", "must_reject")
                                .valueStream()
                                .map(node -> node.textValue()),
                        Stream.of("", "1", "11", "Qm", "Q", "12D3KooW", "bafz", "x", "hello", "é"),
                        // Padding, a CID of version 0 in multibase, one character too many.
                        Stream.of(
                                "zQmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
                                "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC1",
                                " QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC",
                                "1".repeat(129)))
                .flatMap(texts -> texts);
    }

    @ParameterizedTest
    @MethodSource("refusedTexts")
    void otherTextsAreRefusedWithAMessageForUsers(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeerId.parse(text))
                .withMessageStartingWith("not a peer id: ");
    }

    @ParameterizedTest
    @DisplayName("RUSTSEC-2020-0068: a parser of multihashes panics")
    @ValueSource(
            strings = {
                "",
                "00",
                "0000",
                "0001",
                "000201",
                "00010102",
                "12",
                "1200",
                "1220",
                "1120",
                "1320",
                "801220",
            })
    void otherMultihashesAreRefused(String hex) {
        var multihash = Bytes.hex(hex);
        assertThatThrownBy(() -> PeerId.decode(multihash)).isInstanceOf(ProtocolException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerId(multihash));
    }

    @Test
    void identityMultihashesAreAtMost42Bytes() throws ProtocolException {
        var longest = Bytes.hex("002a").concat(Bytes.wrap(new byte[42]));
        assertThat(PeerId.decode(longest).multihash()).isEqualTo(longest);
        var longer = Bytes.hex("002b").concat(Bytes.wrap(new byte[43]));
        assertThatThrownBy(() -> PeerId.decode(longer)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void sha512AndSha1AreNoPeerIds() {
        for (var header : new String[] {"1340", "1114", "1b20", "1220"}) {
            var hash =
                    Bytes.hex(header).concat(Bytes.wrap(new byte[header.equals("1220") ? 31 : 64]));
            assertThatThrownBy(() -> PeerId.decode(hash)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void shortKeysStandInTheIdAndLongOnesDoNot() throws ProtocolException {
        for (var type : KeyType.values()) {
            var keys = KeysTest.keys(type);
            if (type == KeyType.ED25519 || type == KeyType.SECP256K1) {
                assertThat(keys.peerId().inlinedKey()).contains(keys.publicKey());
            } else {
                assertThat(keys.peerId().inlinedKey()).isEmpty();
            }
        }
        assertThat(new PeerId(Bytes.hex("0001ff")).inlinedKey()).isEmpty();
    }

    @Test
    void logsShowTheEndOfTheId() throws ProtocolException {
        var id = KeysTest.keys(KeyType.ED25519).peerId();
        assertThat(id.shortText()).isEqualTo("o7R3pq");
        assertThat(new PeerId(Bytes.hex("000100")).shortText()).isNotEmpty();
    }

    @Test
    void everyIdComesBackFromItsTexts() {
        Seeds.forEach(
                300,
                random -> {
                    var hash = Bytes.wrap(Seeds.bytes(random, 32));
                    var length = random.nextInt(1, 43);
                    var key = Bytes.wrap(Seeds.bytes(random, length));
                    for (var id :
                            new PeerId[] {
                                new PeerId(Bytes.hex("1220").concat(hash)),
                                new PeerId(Bytes.hex("00%02x".formatted(length)).concat(key))
                            }) {
                        assertThat(PeerId.decode(id.multihash())).isEqualTo(id);
                        assertThat(PeerId.parse(id.toString())).isEqualTo(id);
                        assertThat(PeerId.parse(id.toCid())).isEqualTo(id);
                    }
                });
    }
}
