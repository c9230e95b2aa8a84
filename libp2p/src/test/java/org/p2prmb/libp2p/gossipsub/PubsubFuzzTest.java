package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.ProtocolException;

/// Fuzz target of the decoder of pubsub RPCs; the default build replays the seeds beside it.
final class PubsubFuzzTest {
    private final StrictSign policy = new StrictSign(MessageIds.SHA256);
    private final PubsubCodec codec = new PubsubCodec(policy);

    @FuzzTest(maxDuration = "1m")
    void rpc(byte[] data) throws ProtocolException {
        Rpc rpc;
        try {
            rpc = codec.decode(data.clone());
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        // What was read once can be written, and reads the same.
        var messages = rpc.messages().iterator();
        for (var frame : RpcWriter.encode(rpc)) {
            for (var message : codec.decode(frame.toArray()).messages()) {
                var original = messages.next();
                assertThat(message.encoded()).isEqualTo(original.encoded());
                assertThat(policy.verify(message)).isEqualTo(policy.verify(original));
            }
        }
        assertThat(messages).isExhausted();
    }
}
