package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/// How a [Contact] is laid out in its row.
final class ContactRows {
    static final String COLUMNS =
            "c.peer, c.record, c.sequence, c.addresses, c.tags, c.reputation, c.proof, c.hidden,"
                    + " c.expires, c.name";

    private ContactRows() {}

    static Contact read(ResultSet row) throws SQLException {
        try {
            return new Contact(
                    PeerId.decode(Bytes.wrap(row.getBytes(1))),
                    Bytes.wrap(row.getBytes(2)),
                    row.getLong(3),
                    addresses(row.getArray(4).getArray()),
                    tags(row.getArray(5).getArray()),
                    row.getDouble(6),
                    Instant.ofEpochMilli(row.getLong(7)),
                    row.getBoolean(8),
                    Instant.ofEpochMilli(row.getLong(9)),
                    Objects.requireNonNullElse(row.getString(10), ""));
        } catch (ProtocolException e) {
            throw new StoreException("a stored contact cannot be read", e);
        }
    }

    static byte[] key(PeerId peer) {
        return peer.multihash().unsafeArray();
    }

    static byte[][] addresses(List<Multiaddr> addresses) {
        return addresses.stream()
                .map(address -> address.encoded().unsafeArray())
                .toArray(byte[][]::new);
    }

    /// The tags, each once.
    static String[] tags(Contact contact) {
        return new LinkedHashSet<>(contact.tags()).toArray(String[]::new);
    }

    static List<String> tags(Object array) {
        return Arrays.stream((Object[]) array).map(String.class::cast).toList();
    }

    /// Unix milliseconds, with times outside the years that the database can hold brought inside.
    static long millis(Instant time) {
        if (time.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return time.isAfter(FOREVER) ? FOREVER.toEpochMilli() : time.toEpochMilli();
    }

    private static final Instant FOREVER = Instant.parse("9999-12-31T23:59:59Z");

    static List<Multiaddr> addresses(Object array) throws ProtocolException {
        var encoded = (Object[]) array;
        var addresses = new Multiaddr[encoded.length];
        for (int i = 0; i < encoded.length; i++) {
            addresses[i] = Multiaddr.decode(Bytes.wrap((byte[]) encoded[i]));
        }
        return List.of(addresses);
    }
}
