package org.p2prmb.store;

import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KnownPeers;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// The [KnownPeers] in the database.
final class StoredKadPeers implements KnownPeers {
    private final Readers readers;
    private final Writer writer;

    StoredKadPeers(Readers readers, Writer writer) {
        this.readers = readers;
        this.writer = writer;
    }

    @Override
    public List<KadPeer> load() {
        return readers.read(session ->
                session.list(
                        "SELECT peer, addresses FROM kad_peer ORDER BY position",
                        StoredKadPeers::read));
    }

    private static KadPeer read(ResultSet row) throws SQLException {
        try {
            return KadPeer.of(
                    PeerId.decode(Bytes.wrap(row.getBytes(1))),
                    ContactRows.addresses(row.getArray(2).getArray()));
        } catch (ProtocolException e) {
            throw new StoreException("a stored peer cannot be read", e);
        }
    }

    @Override
    public void save(List<KadPeer> peers) {
        var kept = List.copyOf(peers.subList(0, Math.min(peers.size(), PEERS_MAX)));
        writer.commit(session -> {
            session.update("DELETE FROM kad_peer");
            long position = 0;
            for (var peer : kept) {
                session.update(
                        "INSERT INTO kad_peer VALUES (?, ?, ?)",
                        position++,
                        ContactRows.key(peer.id()),
                        ContactRows.addresses(peer.addresses()));
            }
            return true;
        });
    }
}
