package org.p2prmb.libp2p.multiaddr;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The kinds of [Component] that we know.
///
/// See the [table](https://github.com/multiformats/multiaddr/blob/master/protocols.csv).
public enum Protocol {
    IP4(4, "ip4", ValueForm.IP4),
    TCP(6, "tcp", ValueForm.PORT),
    IP6(41, "ip6", ValueForm.IP6),
    IP6ZONE(42, "ip6zone", ValueForm.NAME),
    IPCIDR(43, "ipcidr", ValueForm.PREFIX_LENGTH),
    DNS(53, "dns", ValueForm.NAME),
    DNS4(54, "dns4", ValueForm.NAME),
    DNS6(55, "dns6", ValueForm.NAME),
    DNSADDR(56, "dnsaddr", ValueForm.NAME),
    SCTP(132, "sctp", ValueForm.PORT),
    UDP(273, "udp", ValueForm.PORT),
    P2P_WEBRTC_STAR(275, "p2p-webrtc-star", ValueForm.NONE),
    P2P_WEBRTC_DIRECT(276, "p2p-webrtc-direct", ValueForm.NONE),
    WEBRTC_DIRECT(280, "webrtc-direct", ValueForm.NONE),
    WEBRTC(281, "webrtc", ValueForm.NONE),
    P2P_CIRCUIT(290, "p2p-circuit", ValueForm.NONE),
    UDT(301, "udt", ValueForm.NONE),
    UTP(302, "utp", ValueForm.NONE),
    /// Its path is the rest of the text, slashes and all.
    UNIX(400, "unix", ValueForm.PATH),
    /// Also read as `ipfs`, its name of old.
    P2P(421, "p2p", ValueForm.PEER),
    HTTPS(443, "https", ValueForm.NONE),
    TLS(448, "tls", ValueForm.NONE),
    SNI(449, "sni", ValueForm.NAME),
    NOISE(454, "noise", ValueForm.NONE),
    QUIC(460, "quic", ValueForm.NONE),
    QUIC_V1(461, "quic-v1", ValueForm.NONE),
    WEBTRANSPORT(465, "webtransport", ValueForm.NONE),
    CERTHASH(466, "certhash", ValueForm.MULTIHASH),
    WS(477, "ws", ValueForm.NONE),
    WSS(478, "wss", ValueForm.NONE),
    HTTP(480, "http", ValueForm.NONE),
    HTTP_PATH(481, "http-path", ValueForm.ESCAPED),
    MEMORY(777, "memory", ValueForm.NUMBER),
    PLAINTEXTV2(7367777, "plaintextv2", ValueForm.NONE);

    private static final Map<Integer, Protocol> BY_CODE =
            Arrays.stream(values()).collect(Collectors.toMap(Protocol::code, Function.identity()));
    private static final Map<String, Protocol> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toMap(Protocol::text, Function.identity()));

    private final int code;
    private final String text;
    private final ValueForm form;

    Protocol(int code, String text, ValueForm form) {
        this.code = code;
        this.text = text;
        this.form = form;
    }

    /// The number that stands for it in binary addresses.
    public int code() {
        return code;
    }

    /// The name that stands for it in textual addresses.
    public String text() {
        return text;
    }

    /// True when a component of this kind has a value.
    public boolean hasValue() {
        return form != ValueForm.NONE;
    }

    ValueForm form() {
        return form;
    }

    static Optional<Protocol> ofCode(long code) {
        return code > Integer.MAX_VALUE
                ? Optional.empty()
                : Optional.ofNullable(BY_CODE.get((int) code));
    }

    static Optional<Protocol> ofText(String text) {
        return Optional.ofNullable(text.equals("ipfs") ? P2P : BY_TEXT.get(text));
    }
}
