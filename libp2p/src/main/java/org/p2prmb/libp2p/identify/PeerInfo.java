package org.p2prmb.libp2p.identify;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// What a peer said of itself with identify. Everything but the peer id is a claim; texts are
/// capped and free of control characters.
///
/// @param listenAddresses where to dial the peer: the signed ones if there are any, without `/p2p`
///     and without those of narrower networks than the one on which the peer told them
/// @param observedAddress where the peer sees us; a claim
/// @param signedRecord the verified record of this very peer, if it sent one
/// @param sealedRecord the envelope of that record, to be handed on; empty without one
/// @param publicKey the key that the peer told, encoded; its own, or empty when it told none
public record PeerInfo(
        PeerId peer,
        List<Multiaddr> listenAddresses,
        List<String> protocols,
        @Nullable Multiaddr observedAddress,
        String protocolVersion,
        String agentVersion,
        @Nullable PeerRecord signedRecord,
        Bytes sealedRecord,
        Bytes publicKey) {
    public PeerInfo {
        listenAddresses = List.copyOf(listenAddresses);
        protocols = List.copyOf(protocols);
    }

    /// As the other one, of a peer whose record cannot be handed on and that told no key.
    public PeerInfo(
            PeerId peer,
            List<Multiaddr> listenAddresses,
            List<String> protocols,
            @Nullable Multiaddr observedAddress,
            String protocolVersion,
            String agentVersion,
            @Nullable PeerRecord signedRecord) {
        this(
                peer,
                listenAddresses,
                protocols,
                observedAddress,
                protocolVersion,
                agentVersion,
                signedRecord,
                Bytes.EMPTY,
                Bytes.EMPTY);
    }

    /// The addresses to dial this peer at.
    public List<Multiaddr> dialAddresses() {
        return listenAddresses;
    }
}
