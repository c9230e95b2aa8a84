package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.core.Bytes;

import java.util.List;

/// What client and server say on `/libp2p/autonat/2/dial-request`.
sealed interface AutoNatMessage {
    /// Asks to be dialled at the first of `addresses` that the server can dial.
    ///
    /// @param addresses encoded, for the server's answer counts those as well that it cannot read
    /// @param nonce to be brought back over the new connection
    record DialRequest(List<Bytes> addresses, long nonce) implements AutoNatMessage {
        public DialRequest {
            addresses = List.copyOf(addresses);
        }
    }

    /// Asks for `bytes` of data first, because the address is not the one that the client has.
    record DialDataRequest(int addressIndex, long bytes) implements AutoNatMessage {}

    /// Some of that data.
    record DialDataResponse(Bytes data) implements AutoNatMessage {}

    /// What became of the request and, if it was accepted, of the dial.
    record DialResponse(Status status, int addressIndex, DialStatus dial)
            implements AutoNatMessage {
        static DialResponse refused(Status status) {
            return new DialResponse(status, 0, DialStatus.UNUSED);
        }
    }

    /// What the server did with a request.
    enum Status {
        INTERNAL_ERROR(0),
        REQUEST_REJECTED(100),
        DIAL_REFUSED(101),
        OK(200);

        final int code;

        Status(int code) {
            this.code = code;
        }
    }

    /// How far the server got with an address.
    enum DialStatus {
        UNUSED(0),
        /// Nobody answers there, or somebody else.
        DIAL_ERROR(100),
        /// The client answers, but took no dial-back.
        DIAL_BACK_ERROR(101),
        OK(200);

        final int code;

        DialStatus(int code) {
            this.code = code;
        }
    }
}
