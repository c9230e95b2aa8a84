package org.p2prmb.discovery.mdns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A domain name: labels from the most special to the most general, in lower case.
///
/// @param labels of 1 to 63 bytes, each byte a character of ISO 8859-1; 255 bytes with their
///     lengths and the final zero at most
public record DnsName(List<String> labels) {
    static final int LABEL_BYTES_MAX = 63;
    static final int BYTES_MAX = 255;

    public DnsName {
        // Names that differ in case only are the same name.
        labels = labels.stream().map(label -> label.toLowerCase(Locale.ROOT)).toList();
        var size = 1;
        for (var label : labels) {
            var length = label.getBytes(StandardCharsets.ISO_8859_1).length;
            if (length == 0 || length > LABEL_BYTES_MAX) {
                throw new IllegalArgumentException("a label has 1 to 63 bytes");
            }
            size += 1 + length;
        }
        if (size > BYTES_MAX) {
            throw new IllegalArgumentException("a name has at most 255 bytes");
        }
    }

    /// The name of a text such as `_p2p._udp.local`.
    public static DnsName of(String dotted) {
        return new DnsName(List.of(dotted.split("\\.", -1)));
    }

    /// This name with one more label in front.
    public DnsName child(String label) {
        var all = new ArrayList<String>();
        all.add(label);
        all.addAll(labels);
        return new DnsName(all);
    }

    @Override
    public String toString() {
        return String.join(".", labels);
    }
}
