package org.p2prmb.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

final class DnsMessageTest {
    private static final String SERVICE_HEX = "045f703270045f756470056c6f63616c00";
    private static final DnsName SERVICE = DnsName.of("_p2p._udp.local");
    private static final DnsName INSTANCE = SERVICE.child("abc");
    private static final Duration TTL = Duration.ofMinutes(6);

    @Test
    void aQuestionIsWrittenAsOthersWriteIt() throws ProtocolException {
        var query = DnsMessage.query(0x7d14, DnsMessage.Question.pointers(SERVICE));
        var packet = Bytes.hex("7d1400000001000000000000" + SERVICE_HEX + "000c0001");
        assertThat(query.encoded()).isEqualTo(packet);
        assertThat(DnsMessage.decode(packet)).isEqualTo(query);
    }

    @Test
    void anAnswerIsWrittenAsOthersWriteIt() throws ProtocolException {
        var response = response(List.of(Bytes.utf8("k=v"), Bytes.utf8("w")));
        var packet =
                Bytes.hex(
                        "000084000000000100000001"
                                + (SERVICE_HEX + "000c0001" + "00000168" + "0015")
                                + ("03616263" + SERVICE_HEX)
                                + ("03616263" + SERVICE_HEX + "00100001" + "00000168" + "0006")
                                + "036b3d760177");
        assertThat(response.encoded()).isEqualTo(packet);
        assertThat(DnsMessage.decode(packet)).isEqualTo(response);
    }

    @Test
    void compressedNamesOfOtherRespondersAreRead() throws ProtocolException {
        // The pointer's target and the text's name end with a jump to byte 12.
        var packet =
                Bytes.hex(
                        "123484000000000100000001"
                                + (SERVICE_HEX + "000c0001" + "00000168" + "0006")
                                + "03616263c00c"
                                + ("c027" + "00108001" + "00000168" + "0004")
                                + "036b3d76");
        var read = DnsMessage.decode(packet);
        assertThat(read.answers()).containsExactly(new DnsRecord.Pointer(SERVICE, TTL, INSTANCE));
        assertThat(read.additionals())
                .containsExactly(new DnsRecord.Text(INSTANCE, TTL, List.of(Bytes.utf8("k=v"))));
    }

    @Test
    void recordsOfOtherKindsAndClassesArePassedOver() throws ProtocolException {
        var address = "c00c" + "00010001" + "00000078" + "0004" + "7f000001";
        var chaosText = "c00c" + "00100003" + "00000078" + "0002" + "0161";
        var authority = "c00c" + "00020001" + "00000078" + "0002" + "c00c";
        var wanted = "c00c" + "00100001" + "00000078" + "0002" + "0161";
        var packet =
                Bytes.hex(
                        "000084000001000200010001"
                                + (SERVICE_HEX + "000c8001")
                                + (address + chaosText + authority + wanted));
        var read = DnsMessage.decode(packet);
        assertThat(read.questions()).containsExactly(DnsMessage.Question.pointers(SERVICE));
        assertThat(read.answers()).isEmpty();
        assertThat(read.additionals())
                .containsExactly(
                        new DnsRecord.Text(
                                SERVICE, Duration.ofSeconds(120), List.of(Bytes.utf8("a"))));
    }

    @Test
    void namesDifferNotInCaseAlone() throws ProtocolException {
        var shouted = "045f503250" + "045f554450" + "054c4f43414c" + "00";
        assertThat(DnsMessage.decode(asking(shouted)).questions())
                .containsExactly(DnsMessage.Question.pointers(SERVICE));
    }

    @Test
    void aNegativeTimeToLiveIsNone() throws ProtocolException {
        var packet =
                Bytes.hex("000084000000000100000000" + "00" + "00100001" + "80000001" + "0000");
        assertThat(DnsMessage.decode(packet).answers())
                .containsExactly(
                        new DnsRecord.Text(new DnsName(List.of()), Duration.ZERO, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0000                                                         | cut short
                    000000000001000000000000                                     | cut short
                    0000000000010000000000000461                                 | cut short
                    000000000001000000000000c00c000c0001                         | leads forward
                    000000000001000000000000c00e000c0001                         | leads forward
                    0000000000010000000000000161c00e000c0001                     | leads forward
                    000000000001000000000000c0                                   | cut short
                    000000000001000000000000400000                               | unknown label
                    000000000001000000000000800000                               | unknown label
                    000028000000000000000000                                     | neither
                    000084030000000000000000                                     | neither
                    000084000000010100000000                                     | 257 entries
                    000084000000ffffffffffff                                     | 196605 entries
                    000084000000000100000000 0000100001000000010005026161        | cut short
                    000084000000000100000000 00001000010000000100020261          | cut short
                    000084000000000100000000 0000100001000000010003036161        | that is cut
                    000084000000000100000000 00000c00010000000100020000          | another length
                    000084000000000100000000 00000c00010000000100000000          | another length
                    """)
    void hostilePacketsAreRefused(String hex, String why) {
        assertThatThrownBy(() -> DnsMessage.decode(Bytes.hex(hex.replace(" ", ""))))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(why);
    }

    @Test
    @DisplayName("RUSTSEC-2018-0007: names that jump without end")
    void jumpsThatFollowEachOtherAreBounded() throws ProtocolException {
        assertThat(DnsMessage.decode(jumps(DnsReader.JUMPS_MAX)).additionals()).isEmpty();
        assertThatThrownBy(() -> DnsMessage.decode(jumps(DnsReader.JUMPS_MAX + 1)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("leads astray");
    }

    /// An unknown record whose data is a row of jumps, each to the one before, and a record whose
    /// name begins with the last of them.
    private static Bytes jumps(int count) {
        var rowAt = 12 + 11;
        var row = new StringBuilder("00");
        for (var index = 1; index < count; index++) {
            var target = index == 1 ? rowAt : rowAt + 1 + 2 * (index - 2);
            row.append("%04x".formatted(0xc000 | target));
        }
        var length = row.length() / 2;
        var last = rowAt + length - 2;
        return Bytes.hex(
                "000084000000000100000001"
                        + ("00" + "00630001" + "00000001" + "%04x".formatted(length))
                        + row
                        + "%04x".formatted(0xc000 | last)
                        + ("00630001" + "00000001" + "0000"));
    }

    @Test
    void aNameHas255BytesAtMost() throws ProtocolException {
        var label = "3f" + "61".repeat(63);
        var longest = label.repeat(3) + "3d" + "61".repeat(61) + "00";
        assertThat(DnsMessage.decode(asking(longest)).questions()).hasSize(1);
        var longer = label.repeat(3) + "3e" + "61".repeat(62) + "00";
        assertThatThrownBy(() -> DnsMessage.decode(asking(longer)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("too long");
    }

    private static Bytes asking(String name) {
        return Bytes.hex("000000000001000000000000" + name + "000c0001");
    }

    @Test
    void aPacketHas9000BytesAtMost() throws ProtocolException {
        var strings = Collections.nCopies(34, Bytes.wrap(new byte[255]));
        var packet = response(strings).encoded();
        var largest = packet.concat(Bytes.wrap(new byte[9_000 - packet.size()]));
        assertThat(DnsMessage.decode(largest)).isEqualTo(response(strings));
        assertThatThrownBy(() -> DnsMessage.decode(largest.concat(Bytes.wrap(new byte[1]))))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> response(Collections.nCopies(36, strings.getFirst())).encoded())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTextHas128StringsAtMost() throws ProtocolException {
        var strings = Collections.nCopies(128, Bytes.EMPTY);
        var packet = response(strings).encoded();
        assertThat(DnsMessage.decode(packet)).isEqualTo(response(strings));
        var oneMore = packet.toArray();
        oneMore[oneMore.length - 129] = (byte) 129;
        assertThatThrownBy(() -> DnsMessage.decode(Bytes.wrap(oneMore).concat(Bytes.hex("00"))))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("too many strings");
    }

    @Test
    void damagedPacketsAreReadOrRefusedAndNothingElse() {
        var query = DnsMessage.query(7, DnsMessage.Question.pointers(SERVICE)).encoded();
        var response = response(List.of(Bytes.utf8("dnsaddr=/ip4/10.0.0.1"))).encoded();
        Seeds.forEach(
                10_000,
                random -> {
                    var good = random.nextBoolean() ? query : response;
                    var mutant = Bytes.wrap(Seeds.mutate(random, good.toArray()));
                    try {
                        var read = DnsMessage.decode(mutant);
                        assertThat(DnsMessage.decode(read.encoded())).isEqualTo(read);
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageContaining("DNS packet");
                    }
                });
    }

    private static DnsMessage response(List<Bytes> strings) {
        return DnsMessage.response(
                List.of(new DnsRecord.Pointer(SERVICE, TTL, INSTANCE)),
                List.of(new DnsRecord.Text(INSTANCE, TTL, strings)));
    }
}
