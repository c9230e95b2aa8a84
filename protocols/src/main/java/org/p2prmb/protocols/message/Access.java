package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.contacts.OwnerBook;
import org.p2prmb.protocols.statements.Delegation;
import org.p2prmb.protocols.statements.SignedDelegation;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Decides in whose name a request is made, and whether its command is open to that key.
public final class Access {
    private final Set<PublicKey> owners;
    private final OwnerBook book;

    /// @param owners the keys that this agent obeys
    /// @param book remembers which delegations were revoked
    public Access(Set<PublicKey> owners, OwnerBook book) {
        this.owners = Set.copyOf(owners);
        this.book = book;
    }

    /// The key in whose name the signer asks: its own, or the owner's whose leave it shows.
    ///
    /// Throws [Refusal] when the command is not open to that key.
    PublicKey principal(
            PublicKey signer,
            Optional<SignedDelegation> leave,
            String command,
            AccessRule rule,
            Instant now)
            throws Refusal {
        if (obeys(rule, signer)) {
            return signer;
        }
        if (leave.isPresent() && obeys(rule, leave.get().delegation().owner())) {
            return delegated(signer, leave.get().delegation(), command, now);
        }
        if (rule instanceof AccessRule.Anyone) {
            return signer;
        }
        throw new Refusal(ErrorCode.NOT_ALLOWED, command + " is not open to this key");
    }

    private boolean obeys(AccessRule rule, PublicKey key) {
        return owners.contains(key)
                || (rule instanceof AccessRule.Keys(var keys) && keys.contains(key));
    }

    private PublicKey delegated(
            PublicKey signer, Delegation delegation, String command, Instant now) throws Refusal {
        if (!delegation.device().equals(signer)) {
            throw new Refusal(ErrorCode.NOT_ALLOWED, "the delegation is for another device");
        }
        if (!now.isBefore(delegation.expiresAt())) {
            throw new Refusal(ErrorCode.NOT_ALLOWED, "the delegation has expired");
        }
        // Before the scope is looked at: showing a revocation is enough to make it count.
        if (!book.putDelegation(delegation.owner(), signer, delegation.sequence())) {
            throw new Refusal(ErrorCode.NOT_ALLOWED, "the delegation is revoked");
        }
        if (!delegation.allows(command)) {
            throw new Refusal(ErrorCode.NOT_ALLOWED, "the delegation does not cover " + command);
        }
        return delegation.owner();
    }
}
