package org.p2prmb.interop;

import java.io.IOException;
import java.util.Map;

/// Two peers of the matrix that meet for a cell; the first dials the second.
record Meeting(Cell cell, MatrixPeer dialer, MatrixPeer listener) {
    /// Connects them and waits until both know.
    void begin() throws IOException, InterruptedException {
        dialer.forget();
        listener.forget();
        dialer.ask("dial", Map.of("address", listener.address(cell.transport()).toString()));
        dialer.await("connected", listener);
        listener.await("connected", dialer);
    }

    /// Parts them and waits until both know.
    void end() throws IOException, InterruptedException {
        dialer.ask("disconnect", Map.of("peer", listener.peerId().toString()));
        dialer.await("disconnected", listener);
        listener.await("disconnected", dialer);
    }
}
