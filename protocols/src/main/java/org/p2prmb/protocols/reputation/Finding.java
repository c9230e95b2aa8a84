package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;

/// What came of checking a report's evidence.
public sealed interface Finding {
    /// The evidence proves the report.
    ///
    /// @param fact names what is proven: equal in all reports of the same deed, 32 bytes
    record Verified(Bytes fact) implements Finding {}

    /// The evidence is wrong, and everybody who checks it finds so: the reporter is to blame.
    record Refuted(String why) implements Finding {}

    /// It cannot be checked, here or now: the report is an opinion.
    record Unverified() implements Finding {}
}
