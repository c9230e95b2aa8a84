package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Duration;
import java.util.List;

/// A resource record of a kind that discovery reads.
public sealed interface DnsRecord {
    /// Strings in one text record.
    int STRINGS_MAX = 128;

    /// Bytes of each of them.
    int STRING_BYTES_MAX = 255;

    DnsName name();

    /// How long it counts, in whole seconds from its arrival; zero takes it back.
    Duration ttl();

    /// `name` has an instance called `target`.
    record Pointer(DnsName name, Duration ttl, DnsName target) implements DnsRecord {}

    /// What there is to know about `name`, usually as `key=value`.
    record Text(DnsName name, Duration ttl, List<Bytes> strings) implements DnsRecord {
        public Text {
            strings = List.copyOf(strings);
            if (strings.size() > STRINGS_MAX
                    || strings.stream().anyMatch(string -> string.size() > STRING_BYTES_MAX)) {
                throw new IllegalArgumentException("at most 128 strings of 255 bytes");
            }
        }
    }
}
