package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A peer that is reached through a relay, whoever the three are.
///
/// @param met the dialer and the listener
record Circuit(MatrixPeer relay, Meeting met) {
    private static final long BYTES = 64 * 1024;

    /// The listener's word for where the dialer is: rust-libp2p names only who it is.
    private static final Pattern OVER_A_RELAY = Pattern.compile("/ip4/.*/p2p-circuit.*|/p2p/[^/]+");

    /// The relay, the listener and a dialer that meet for `cell`.
    static void run(MatrixPeers peers, Cell cell) throws IOException, InterruptedException {
        var relay = peers.relay(cell);
        var listener = peers.behindRelay(cell);
        // One that had met the listener would dial where that listens and need no relay.
        try (var dialer = cell.dialer().start(cell.security(), List.of())) {
            new Circuit(relay, new Meeting(cell, dialer, listener)).run();
        } finally {
            listener.ask("disconnect", Map.of("peer", relay.peerId().toString()));
        }
    }

    /// The listener takes a place at the relay, the dialer calls it there, they ping each other and
    /// send bytes both ways, whose hashes both sides tell.
    private void run() throws IOException, InterruptedException {
        var dialer = met.dialer();
        var listener = met.listener();
        var at = relay.address(met.cell().transport()).toString();
        listener.forget();
        listener.ask("dial", Map.of("address", at));
        var address = listener.ask("reserve", Map.of("relay", at)).get("address").asText();
        assertThat(address).startsWith(at + "/p2p-circuit");
        dialer.ask("dial", Map.of("address", address));
        var connected = listener.await("connected", dialer);
        assertThat(connected.get("address").asText()).matches(OVER_A_RELAY);
        Check.PING.run(met);
        Check.transfer(met, BYTES, BYTES);
        dialer.ask("disconnect", Map.of("peer", listener.peerId().toString()));
    }
}
