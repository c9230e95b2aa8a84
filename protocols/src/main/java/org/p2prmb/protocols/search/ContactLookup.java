package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;
import java.util.Optional;

/// What our own memory holds for a condition.
public interface ContactLookup {
    /// Our own record, if it fits.
    Optional<SignedContact> own(SearchCondition condition);

    /// Up to `max` records of others that fit the condition exactly and are not believed dead, best
    /// first.
    ///
    /// @param living whether those that were not heard of for long are asked for a sign of life
    List<SignedContact> find(SearchCondition condition, int max, boolean living)
            throws InterruptedException;
}
