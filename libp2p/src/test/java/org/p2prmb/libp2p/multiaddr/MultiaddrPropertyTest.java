package org.p2prmb.libp2p.multiaddr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Multibase;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.random.RandomGenerator;

final class MultiaddrPropertyTest {
    @Test
    void everyAddressComesBackFromTextAndBytes() {
        Seeds.forEach(
                1000,
                random -> {
                    var text = new StringBuilder();
                    for (int count = random.nextInt(1, 7); count > 0; count--) {
                        var protocols = Protocol.values();
                        text.append(component(random, protocols[random.nextInt(protocols.length)]));
                    }
                    var address = Multiaddr.parse(text.toString());
                    assertThat(Multiaddr.decode(address.encoded())).isEqualTo(address);
                    assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
                    assertThat(Multiaddr.decode(address.encoded())).hasToString(address.toString());
                });
    }

    private static String component(RandomGenerator random, Protocol protocol) {
        var name = "/" + protocol.text();
        return switch (protocol.form()) {
            case NONE -> name;
            case IP4, IP6, PREFIX_LENGTH, PORT, NUMBER -> {
                var value = Seeds.bytes(random, protocol.form().size());
                for (int index = 0; index < value.length; index++) {
                    value[index] = random.nextBoolean() ? 0 : value[index];
                }
                yield new Component(protocol, Bytes.wrap(value)).toString();
            }
            case NAME, PATH -> name + "/" + name(random);
            case PEER -> {
                var hash = Bytes.wrap(Seeds.bytes(random, 32));
                yield new Component(protocol, Bytes.hex("1220").concat(hash)).toString();
            }
            case MULTIHASH -> {
                var hash = Bytes.hex("1220").concat(Bytes.wrap(Seeds.bytes(random, 32)));
                var bases = Multibase.values();
                // The alphabet of plain base64 has the slash that separates components.
                var base = bases[random.nextInt(bases.length)];
                yield name
                        + "/"
                        + (base == Multibase.BASE64 ? Multibase.BASE16 : base).encode(hash);
            }
            case ESCAPED -> {
                var value = Bytes.wrap(Seeds.bytes(random, random.nextInt(1, 12)));
                yield new Component(protocol, value).toString();
            }
        };
    }

    private static String name(RandomGenerator random) {
        var name = new StringBuilder();
        for (int length = random.nextInt(1, 20); length > 0; length--) {
            name.append("abcxyz019-_.%üλ中".charAt(random.nextInt(16)));
        }
        return name.toString();
    }

    @Test
    void whatIsReadFromRandomBytesIsTheOnlyFormOfAnAddress() {
        var vectors = Vectors.at("multiaddr", "valid");
        Seeds.forEach(
                5000,
                random -> {
                    var vector = vectors.required(random.nextInt(vectors.size()));
                    var bytes =
                            random.nextInt(4) == 0
                                    ? Seeds.bytes(random, random.nextInt(64))
                                    : Seeds.mutate(random, Vectors.bytes(vector, "hex").toArray());
                    checkBytes(Bytes.wrap(bytes));
                });
    }

    static void checkBytes(Bytes bytes) {
        try {
            var address = Multiaddr.decode(bytes);
            assertThat(address.encoded()).isEqualTo(bytes);
            assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Test
    void whatIsReadFromRandomTextHasOneForm() {
        var vectors = Vectors.at("multiaddr", "parse_ok");
        Seeds.forEach(
                3000,
                random -> {
                    var text = vectors.required(random.nextInt(vectors.size())).textValue();
                    var mutant = Seeds.mutate(random, Bytes.utf8(text).toArray());
                    checkText(Bytes.wrap(mutant).toUtf8());
                });
    }

    static void checkText(String text) {
        try {
            var address = Multiaddr.parse(text);
            assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
            if (address.encoded().size() <= Multiaddr.ENCODED_BYTES_MAX) {
                assertThat(Multiaddr.decode(address.encoded())).isEqualTo(address);
            }
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("not a multiaddr: ");
        } catch (ProtocolException e) {
            throw new AssertionError("what was parsed is not decoded", e);
        }
    }
}
