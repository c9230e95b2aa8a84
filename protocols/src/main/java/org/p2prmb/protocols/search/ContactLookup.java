package org.p2prmb.protocols.search;

import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.List;

/// What our own memory holds for a condition.
@FunctionalInterface
public interface ContactLookup {
    /// Up to `max` records of living agents that fit the condition exactly, our own included. May
    /// wait for a proof of life.
    List<SignedContact> find(SearchCondition condition, int max) throws InterruptedException;
}
