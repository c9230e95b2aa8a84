package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Pure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a DNS packet from front to back.
@Pure
final class DnsReader {
    /// Jumps within one name.
    static final int JUMPS_MAX = 16;

    private static final int KIND_MASK = 0xc0;
    private static final int JUMP = 0xc0;
    private static final long TTL_SIGN = 1L << 31;

    private final Bytes packet;
    private int at;

    DnsReader(Bytes packet) {
        this.packet = packet;
    }

    int number16() throws ProtocolException {
        return number8() << 8 | number8();
    }

    private int number8() throws ProtocolException {
        return byteAt(at++);
    }

    private int byteAt(int index) throws ProtocolException {
        require(index < packet.size(), "is cut short");
        return packet.at(index) & 0xff;
    }

    private static void require(boolean right, String otherwise) throws ProtocolException {
        if (!right) {
            throw new ProtocolException("a DNS packet " + otherwise);
        }
    }

    /// A name, whose end may be written earlier in the packet. A jump leads before the place that
    /// the last one led to, so that no name is endless.
    DnsName name() throws ProtocolException {
        var labels = new ArrayList<String>();
        var from = at;
        var pieceStart = at;
        var jumps = 0;
        var size = 1;
        for (var length = byteAt(from); length != 0; length = byteAt(from)) {
            switch (length & KIND_MASK) {
                case JUMP -> {
                    var target = (length & ~KIND_MASK) << 8 | byteAt(from + 1);
                    require(target < pieceStart, "with a name that leads forward");
                    require(jumps < JUMPS_MAX, "with a name that leads astray");
                    at = jumps == 0 ? from + 2 : at;
                    jumps++;
                    from = target;
                    pieceStart = target;
                }
                case 0 -> {
                    size += 1 + length;
                    require(size <= DnsName.BYTES_MAX, "with a name that is too long");
                    labels.add(label(from + 1, length));
                    from += 1 + length;
                }
                default -> throw new ProtocolException("a DNS packet with an unknown label");
            }
        }
        at = jumps == 0 ? from + 1 : at;
        return new DnsName(labels);
    }

    private String label(int from, int length) throws ProtocolException {
        require(length <= packet.size() - from, "is cut short");
        return new String(packet.unsafeArray(), from, length, StandardCharsets.ISO_8859_1);
    }

    /// A record, or nothing when it is of a kind that is passed over.
    Optional<DnsRecord> record() throws ProtocolException {
        var name = name();
        var type = number16();
        var dnsClass = number16() & DnsMessage.CLASS_MASK;
        var ttl = ttl();
        var length = number16();
        require(length <= packet.size() - at, "is cut short");
        var end = at + length;
        var known = dnsClass == DnsMessage.CLASS_INTERNET ? type : 0;
        Optional<DnsRecord> found =
                switch (known) {
                    case DnsMessage.TYPE_POINTER ->
                            Optional.of(new DnsRecord.Pointer(name, ttl, name()));
                    case DnsMessage.TYPE_TEXT ->
                            Optional.of(new DnsRecord.Text(name, ttl, strings(end)));
                    default -> {
                        at = end;
                        yield Optional.empty();
                    }
                };
        require(at == end, "with a record of another length than it says");
        return found;
    }

    private Duration ttl() throws ProtocolException {
        var seconds = (long) number16() << 16 | number16();
        // A number that others may take for a negative one counts as zero.
        return Duration.ofSeconds((seconds & TTL_SIGN) == 0 ? seconds : 0);
    }

    private List<Bytes> strings(int end) throws ProtocolException {
        var strings = new ArrayList<Bytes>();
        while (at < end) {
            var length = number8();
            require(length <= end - at, "with a string that is cut short");
            require(strings.size() < DnsRecord.STRINGS_MAX, "with too many strings");
            strings.add(packet.slice(at, at + length));
            at += length;
        }
        return strings;
    }
}
