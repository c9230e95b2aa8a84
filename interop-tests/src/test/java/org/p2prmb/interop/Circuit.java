package org.p2prmb.interop;

import java.io.IOException;
import java.util.Map;

/// A peer that is reached through a relay, whoever the three are.
///
/// @param met the dialer and the listener
record Circuit(MatrixPeer relay, Meeting met) {
    private static final long BYTES = 64 * 1024;

    static Circuit between(MatrixPeers peers, Cell cell) throws IOException, InterruptedException {
        var whose = Implementation.of(cell.over().split(" ", 2)[0]);
        var dialer = peers.noise(cell.dialer(), 0);
        var listener = peers.noise(cell.listener(), 1);
        return new Circuit(peers.noise(whose, 2), new Meeting(cell, dialer, listener, "tcp"));
    }

    /// The listener takes a place at the relay, the dialer calls it there, they ping each other and
    /// send bytes both ways, whose hashes both sides tell.
    void run() throws IOException, InterruptedException {
        var dialer = met.dialer();
        var listener = met.listener();
        var at = relay.address("tcp").toString();
        dialer.forget();
        listener.forget();
        listener.ask("dial", Map.of("address", at));
        var address = listener.ask("reserve", Map.of("relay", at)).get("address").asText();
        dialer.ask("dial", Map.of("address", address));
        listener.await("connected", dialer);
        Check.PING.run(met);
        Check.transfer(met, BYTES, BYTES);
        dialer.ask("disconnect", Map.of("peer", listener.peerId().toString()));
        for (var peer : new MatrixPeer[] {dialer, listener}) {
            peer.ask("disconnect", Map.of("peer", relay.peerId().toString()));
        }
    }
}
