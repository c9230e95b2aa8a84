package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;

/// A [WindowResult] with the notice by which its seller stands for it.
///
/// There are two ways in, [#seal] and [#open], so an instance is a proof of what the seller said.
public final class PublishedResult {
    private static final String DOMAIN = "rmb/window-result-body/1";

    private final Signed<ResultNotice> notice;
    private final WindowResult result;
    private final Bytes encoded;

    private PublishedResult(Signed<ResultNotice> notice, WindowResult result, Bytes encoded) {
        this.notice = notice;
        this.result = result;
        this.encoded = encoded;
    }

    /// Signs a result of our own.
    public static PublishedResult seal(WindowResult result, KeyPair seller, Signatures signatures) {
        var encoded = result.encoded();
        var notice =
                new ResultNotice(seller.peerId(), result.window(), hash(encoded), encoded.size());
        return new PublishedResult(Form.RESULT.seal(notice, seller, signatures), result, encoded);
    }

    /// Verifies a result that came from anywhere: its hash, and that all in it is the notice's
    /// seller's and window's. What the seller computed is another question.
    public static PublishedResult open(
            Signed<ResultNotice> notice, Bytes encoded, Signatures signatures)
            throws ProtocolException {
        var said = notice.statement();
        if (encoded.size() != said.resultBytes() || !hash(encoded).equals(said.resultHash())) {
            throw new ProtocolException("not the result that the seller signed");
        }
        var result = WindowResult.decode(encoded, signatures);
        var open = result.open().statement();
        var root = result.root().statement();
        if (!open.seller().equals(said.seller())
                || !open.window().equals(said.window())
                || !root.seller().equals(said.seller())
                || !root.window().equals(said.window())) {
            throw new ProtocolException("a result of another window than its notice's");
        }
        return new PublishedResult(notice, result, encoded);
    }

    /// SHA-256 over the [Canonical] list `"rmb/window-result-body/1"`, the bytes of the result.
    public static Bytes hash(Bytes encoded) {
        return Canonical.domain(DOMAIN).bytes(encoded).sha256();
    }

    public Signed<ResultNotice> notice() {
        return notice;
    }

    public WindowResult result() {
        return result;
    }

    /// The bytes that are fetched.
    public Bytes encoded() {
        return encoded;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublishedResult published && notice.equals(published.notice);
    }

    @Override
    public int hashCode() {
        return notice.hashCode();
    }

    @Override
    public String toString() {
        return "result of window %s".formatted(result.window());
    }
}
