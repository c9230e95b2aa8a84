package org.p2prmb.ledgers.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.ledgers.rpc.Rpc;
import org.p2prmb.ledgers.rpc.RpcRefusal;

/// A node of a [SimulatedChain].
public sealed interface SimulatedNode extends Rpc permits SimulatedUtxoNode, SimulatedEvmNode {
    ObjectMapper JSON = new ObjectMapper();

    @Override
    default JsonNode tryAsk(String method, Object... params) throws RpcRefusal {
        return answer(method, JSON.valueToTree(params));
    }

    /// Answers as a node behind a socket does.
    ///
    /// @param params a list
    JsonNode answer(String method, JsonNode params) throws RpcRefusal;

    /// From now on it does not know the last blocks, as one that was killed may not.
    void hide(long blocks);
}
