package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/// The peers that may vote on a subject's death. A [Lease] only commits to them: the list itself
/// travels beside it, to those who do not have it yet.
///
/// @param fingerprints at most [Lease#WATCHERS_MAX], each once, see [Fingerprint]
public record Watchers(List<Bytes> fingerprints) {
    public static final Watchers NONE = new Watchers(List.of());

    /// What a lease says of its watchers: how many there are, and a hash of the list.
    ///
    /// @param count 0 to [Lease#WATCHERS_MAX]
    /// @param hash the first 16 bytes of the SHA-256 of the list's encoding; empty when the list is
    public record Commitment(int count, Bytes hash) {
        public static final int HASH_BYTES = 16;

        /// Throws `IllegalArgumentException` when a part is out of its bounds.
        public Commitment {
            Limits.require(count >= 0 && count <= Lease.WATCHERS_MAX, "too many watchers");
            Limits.require(
                    hash.size() == (count == 0 ? 0 : HASH_BYTES), "not the hash of watchers");
        }
    }

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Watchers {
        fingerprints = List.copyOf(fingerprints);
        Limits.count(fingerprints, Lease.WATCHERS_MAX, "watchers");
        for (var fingerprint : fingerprints) {
            Limits.require(
                    fingerprint.size() == Fingerprint.BYTES, "not the fingerprint of a peer");
        }
        Limits.require(
                new HashSet<>(fingerprints).size() == fingerprints.size(),
                "a watcher is listed twice");
    }

    public static Watchers of(Collection<PeerId> peers) {
        return new Watchers(peers.stream().map(Fingerprint::of).toList());
    }

    public int count() {
        return fingerprints.size();
    }

    /// The place of this fingerprint in the list, -1 when it is not listed.
    public int indexOf(Bytes fingerprint) {
        return fingerprints.indexOf(fingerprint);
    }

    public boolean lists(PeerId peer) {
        return indexOf(Fingerprint.of(peer)) >= 0;
    }

    public Commitment commitment() {
        if (fingerprints.isEmpty()) {
            return new Commitment(0, Bytes.EMPTY);
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var hash = digest.digest(encoded().unsafeArray());
            return new Commitment(count(), Bytes.wrap(hash).slice(0, Commitment.HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    /// The fingerprints, one behind the other.
    public Bytes encoded() {
        var encoded = new byte[fingerprints.size() * Fingerprint.BYTES];
        int at = 0;
        for (var fingerprint : fingerprints) {
            System.arraycopy(fingerprint.unsafeArray(), 0, encoded, at, Fingerprint.BYTES);
            at += Fingerprint.BYTES;
        }
        return Bytes.wrap(encoded);
    }

    /// Reads what [#encoded] wrote; throws `IllegalArgumentException` when it is something else.
    public static Watchers decode(Bytes encoded) {
        Limits.require(
                encoded.size() <= Lease.WATCHERS_MAX * Fingerprint.BYTES, "too many watchers");
        Limits.require(encoded.size() % Fingerprint.BYTES == 0, "not a list of watchers");
        var fingerprints = new ArrayList<Bytes>(encoded.size() / Fingerprint.BYTES);
        for (int at = 0; at < encoded.size(); at += Fingerprint.BYTES) {
            fingerprints.add(encoded.slice(at, at + Fingerprint.BYTES));
        }
        return new Watchers(fingerprints);
    }
}
