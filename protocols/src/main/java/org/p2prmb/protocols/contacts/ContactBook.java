package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The agents that we remember, and which of them answered which search.
///
/// Writes are queued: they take effect in the order of the calls, within a second, and survive the
/// death of the process from then on. What is lost with a crash is learnt again from the network,
/// so nobody waits for the disk here. Lists are "best first": highest reputation, then most recent
/// proof of life. The book is bounded; when it is full the least useful nameless contacts make
/// room.
///
/// | what ends a contact's being handed out | call |
/// |---|---|
/// | an obituary that we confirmed, three missed pings, or the agent's leave | [#hide] |
/// | a newer record, without the tag | [#remember] |
/// | expiry | none |
/// | a failed dial | [#unreachable]: no longer for what it answered |
/// | a low score | [#updateScores] |
public interface ContactBook {
    /// The most contacts that a list returns, whatever was asked for.
    int RESULTS_MAX = 10_000;

    /// Adds or renews contacts.
    ///
    /// A known contact is left as it is by a lower sequence. By an equal one it is renewed, but
    /// stays hidden if it was: repeating an old record revives nobody. A higher one replaces it.
    /// The known name and reputation always stay, and the later proof of life does.
    void remember(List<Contact> batch);

    /// The contact of this agent, hidden or not.
    Optional<Contact> find(PeerId peer);

    /// The contact that our owner gave this name.
    Optional<Contact> named(String name);

    /// Contacts that offer `tag` and are neither hidden, expired nor of a very low score, best
    /// first.
    List<Contact> withTag(String tag, int max);

    /// All contacts that have not expired: the visible ones best first, then the hidden ones.
    List<Contact> all(int max);

    /// Notes that the agent proved to be alive at `when`, which also ends its being hidden.
    void proofOfLife(PeerId peer, Instant when);

    /// Sets our view of the agent, 0 to 1: see [#updateScores].
    void rate(PeerId peer, double reputation);

    /// Sets our view of many agents, 0 to 1 each; unknown ones are left out.
    ///
    /// Lists are sorted by this stored score, so it is to be set again whenever the view changes:
    /// after a report, and daily, as reports age. Below [Contact#LISTED_REPUTATION_MIN] a contact
    /// is in no list for a tag, below [Contact#TRUSTED_REPUTATION_MIN] what it answered is
    /// forgotten.
    void updateScores(Map<PeerId, Double> scores);

    /// Stops handing this contact out: it is believed dead.
    void hide(PeerId peer);

    /// Notes that a dial to the agent failed, which may be our fault: what it answered is
    /// forgotten,
    /// and it comes after those of the same score that were reached.
    void unreachable(PeerId peer);

    /// Forgets the contact, its name and the searches that it answered.
    void drop(PeerId peer);

    /// Gives the contact a name, taking it from the one that had it before; "" takes the name away.
    void name(PeerId peer, String name);

    /// How many contacts there are, hidden ones included.
    int size();

    /// Remembers until `until` that this known agent answered the search with this condition key.
    void rememberCondition(Bytes conditionKey, PeerId peer, Instant until);

    /// Contacts that answered this very search before and are neither hidden nor expired, best
    /// first. The caller evaluates them against the exact criteria again.
    List<Contact> forCondition(Bytes conditionKey, int max);
}
