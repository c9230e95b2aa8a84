package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.AliveWire;

/// One frame of `/rmb/alive/1.0.0` (docs/protocol.md): a lease, or a ping and its pong.
public sealed interface AliveFrame {
    String PROTOCOL = "/rmb/alive/1.0.0";
    int BYTES_MAX = 4_096;

    /// The sender's own lease, verified.
    record Leased(SignedLease lease) implements AliveFrame {}

    record Ping(long nonce) implements AliveFrame {}

    record Pong(long nonce) implements AliveFrame {}

    default Bytes encoded() {
        var frame = AliveWire.AliveFrame.newBuilder();
        switch (this) {
            case Leased(var lease) -> frame.setLease(Wire.field(lease.envelope()));
            case Ping(var nonce) -> frame.setPing(nonce(nonce));
            case Pong(var nonce) -> frame.setPong(nonce(nonce));
        }
        return Wire.encode(frame.build());
    }

    static AliveFrame decode(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                AliveWire.AliveFrame.parser(),
                encoded,
                frame ->
                        switch (frame.getFrameCase()) {
                            case LEASE ->
                                    new Leased(SignedLease.open(Wire.bytes(frame.getLease())));
                            case PING -> new Ping(frame.getPing().getNonce());
                            case PONG -> new Pong(frame.getPong().getNonce());
                            case FRAME_NOT_SET ->
                                    throw new ProtocolException("an alive frame without content");
                        });
    }

    private static AliveWire.AliveFrame.Ping nonce(long nonce) {
        return AliveWire.AliveFrame.Ping.newBuilder().setNonce(nonce).build();
    }
}
