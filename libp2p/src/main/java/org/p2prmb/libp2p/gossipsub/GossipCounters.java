package org.p2prmb.libp2p.gossipsub;

/// What a [GossipSub] has done since its start, in messages unless said otherwise.
///
/// @param published by us
/// @param received copies that arrived, duplicates included
/// @param validated new ones whose signature was checked
/// @param forged of these, whose author did not sign them
/// @param delivered to the application
/// @param dropped copies that a slow peer had no room for
/// @param rpcs RPCs that arrived
/// @param dontWantsSent ids that we told a peer not to send with IDONTWANT, or had no room to
/// @param dontWantsReceived ids that a peer told us not to send
public record GossipCounters(
        long published,
        long received,
        long validated,
        long forged,
        long delivered,
        long dropped,
        long rpcs,
        long dontWantsSent,
        long dontWantsReceived) {}
