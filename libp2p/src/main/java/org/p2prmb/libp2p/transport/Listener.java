package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/// Something that others dial: gives a raw channel for each who does.
public interface Listener extends AutoCloseable {
    /// Waits for the next connection, and for nothing that the remote must say: that waits in the
    /// first read or write. Throws [java.nio.channels.ClosedChannelException] once this is closed.
    RawChannel accept() throws IOException;

    boolean isOpen();

    /// Where this really listens: the port is resolved, a wildcard host stands.
    InetSocketAddress bound();

    /// What others may dial: the port resolved, a wildcard host replaced by the machine's own
    /// addresses as they are now.
    List<Multiaddr> addresses();

    /// Closes at once and never throws.
    @Override
    void close();
}
