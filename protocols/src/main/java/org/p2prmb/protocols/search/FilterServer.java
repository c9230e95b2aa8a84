package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.time.Duration;

/// Serves `/rmb/filter/1.0.0`: one update per stream, no answer.
public final class FilterServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/filter/1.0.0";

    private static final Duration READ_LIMIT = Duration.ofSeconds(10);

    private final Listener listener;

    @FunctionalInterface
    public interface Listener {
        void heard(PeerId from, FilterUpdate update);
    }

    public FilterServer(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void serve(Stream stream) throws IOException {
        stream.deadline(READ_LIMIT);
        var encoded = Bytes.wrap(Frames.read(stream, FilterUpdate.BYTES_MAX));
        listener.heard(stream.remotePeer(), SearchCodec.decodeFilter(encoded));
        stream.closeWrite();
    }
}
