package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

/// Fuzz targets of everything here that reads bytes of strangers.
///
/// The default build replays the seeds in `DecodersFuzzTestInputs`. New ones are looked for one
/// target at a time, with `JAZZER_FUZZ=1` in the environment and `-Djazzer.hooks=true`.
final class DecodersFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void multiaddr(byte[] data) {
        try {
            var address = Multiaddr.decode(Bytes.copyOf(data));
            assertThat(address.encoded()).isEqualTo(Bytes.copyOf(data));
            assertThat(Multiaddr.parse(address.toString())).isEqualTo(address);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void peerId(byte[] data) {
        try {
            var id = PeerId.decode(Bytes.copyOf(data));
            assertThat(PeerId.parse(id.toString())).isEqualTo(id);
            id.inlinedKey().ifPresent(key -> assertThat(key.peerId()).isEqualTo(id));
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void publicKey(byte[] data) {
        try {
            assertThat(PublicKey.decode(Bytes.copyOf(data)).encoded())
                    .isEqualTo(Bytes.copyOf(data));
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void peerRecord(byte[] data) {
        try {
            var record = PeerRecord.open(Bytes.copyOf(data));
            assertThat(record.addresses()).hasSizeLessThanOrEqualTo(PeerRecord.ADDRESSES_MAX);
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
