package org.p2prmb.libp2p.transport;

import java.io.IOException;

/// What was written to `under`, and then the end.
public record EndsAfter(RawChannel under) implements WrappedChannel {
    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return under.idle() ? -1 : under.read(into, offset, length);
    }
}
