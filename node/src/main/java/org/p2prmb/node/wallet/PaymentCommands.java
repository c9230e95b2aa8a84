package org.p2prmb.node.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.ledgers.evm.EvmPurse;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/// The commands that pay from a wallet (docs/handlers.md), one at a time: payments, gas for the
/// accounts that hold nothing else, and the contract of the locks.
///
/// With `preview` nothing is sent; the answer tells the fee, and what it may have grown to until
/// the owner has decided.
public final class PaymentCommands {
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private static final String HEX = "0x";

    private final Wallet wallet;
    private final Pledges pledges;
    private final ReentrantLock onePayment = new ReentrantLock();

    public PaymentCommands(Wallet wallet, Pledges pledges) {
        this.wallet = wallet;
        this.pledges = pledges;
    }

    public Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("wallet.send", (arguments, _) -> alone(arguments, this::send));
        commands.put("wallet.gas", (arguments, _) -> alone(arguments, this::gas));
        commands.put("wallet.deploy", (arguments, _) -> alone(arguments, this::deploy));
        commands.put("wallet.deployed", (arguments, _) -> alone(arguments, this::deployed));
        return commands;
    }

    private interface Payment {
        JsonNode pay(Arguments arguments) throws CommandException, LedgerException;
    }

    /// What is wrong with the arguments is told as that, and what nodes refuse as a failure.
    private JsonNode alone(JsonNode arguments, Payment payment) throws CommandException {
        onePayment.lock();
        try {
            return payment.pay(new Arguments(arguments));
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
        } catch (LedgerException e) {
            throw new CommandException(CommandException.FAILED, String.valueOf(e.getMessage()));
        } finally {
            onePayment.unlock();
        }
    }

    private JsonNode send(Arguments arguments) throws CommandException, LedgerException {
        var amount = Amount.parse(arguments.text("amount"), wallet.coins());
        var to = arguments.text("to").strip();
        var purse = wallet.purse(amount.asset().chain());
        return pledges.during(pledged -> {
            var tx = purse.pay(amount.asset(), to, amount.units(), pledged.inputs());
            requireFree(purse, amount, fee(List.of(tx)), pledged);
            var answer = answer(purse, List.of(tx));
            answer.put("amount", amount.number());
            answer.put("coin", amount.asset().coin());
            answer.put("to", to);
            return finish(answer, purse, List.of(tx), arguments);
        });
    }

    private JsonNode gas(Arguments arguments) throws CommandException, LedgerException {
        var purse = evm(arguments);
        var coin = purse.feeAsset();
        var each = Amount.units(arguments.text("each"), coin.decimals());
        return pledges.during(pledged -> {
            var payments = purse.gas(each, pledged.inputs());
            var total = purse.missingGas(each);
            if (!payments.isEmpty()) {
                requireFree(purse, new Amount(coin, total), fee(payments), pledged);
            }
            var answer = answer(purse, payments);
            answer.put("accounts", payments.size());
            answer.put("amount", Amount.number(total, coin.decimals()));
            answer.put("coin", coin.coin());
            return finish(answer, purse, payments, arguments);
        });
    }

    private JsonNode deploy(Arguments arguments) throws CommandException, LedgerException {
        var purse = evm(arguments);
        return pledges.during(pledged -> {
            var deployment = purse.deploy(pledged.inputs());
            var payments = List.of(deployment.tx());
            requireFree(
                    purse, new Amount(purse.feeAsset(), BigInteger.ZERO), fee(payments), pledged);
            var answer = answer(purse, payments);
            answer.put("contract", EvmAddress.text(deployment.contract()));
            return finish(answer, purse, payments, arguments);
        });
    }

    private JsonNode deployed(Arguments arguments) throws CommandException, LedgerException {
        var purse = evm(arguments);
        var contract = EvmAddress.parse(arguments.text("contract"));
        var id = arguments.text("id");
        var succeeded =
                purse.succeeded(Bytes.hex(id.startsWith(HEX) ? id.substring(HEX.length()) : id));
        var answer = json.objectNode();
        answer.put(
                "state",
                succeeded.isEmpty()
                        ? "waiting"
                        : succeeded.get() && purse.isDeployed(contract) ? "done" : "failed");
        return answer;
    }

    private EvmPurse evm(Arguments arguments) throws CommandException, LedgerException {
        var name = arguments.text("chain");
        if (wallet.purse(name) instanceof EvmPurse purse) {
            return purse;
        }
        throw new IllegalArgumentException(name + " has neither contracts nor gas");
    }

    private static BigInteger fee(List<SignedTx> payments) {
        return payments.stream()
                .map(tx -> BigInteger.valueOf(tx.fee()))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// What open swaps have reserved is not to be paid away, fees neither; nor by several payments
    /// of which none is in a block yet.
    private static void requireFree(
            Purse purse, Amount amount, BigInteger fee, Pledges.Pledged pledged)
            throws LedgerException {
        var coin = purse.feeAsset();
        if (amount.asset().equals(coin)) {
            requireFree(purse, coin, amount.units().add(fee), pledged);
        } else {
            requireFree(purse, amount.asset(), amount.units(), pledged);
            requireFree(purse, coin, fee, pledged);
        }
    }

    private static void requireFree(
            Purse purse, Asset asset, BigInteger wanted, Pledges.Pledged pledged)
            throws LedgerException {
        var leaving =
                asset.equals(purse.feeAsset()) ? purse.leaving(pledged.inputs()) : BigInteger.ZERO;
        var free =
                purse.balance(asset)
                        .subtract(leaving)
                        .subtract(pledged.reserved(asset))
                        .max(BigInteger.ZERO);
        Limits.require(
                free.compareTo(wanted) >= 0,
                "%s are needed with the fee, and %s are free"
                        .formatted(new Amount(asset, wanted), new Amount(asset, free)));
    }

    private static ObjectNode answer(Purse purse, List<SignedTx> payments) {
        var coin = purse.feeAsset();
        var answer = json.objectNode();
        answer.put("chain", purse.chain());
        answer.put("feeCoin", coin.coin());
        answer.put("fee", Amount.number(fee(payments), coin.decimals()));
        answer.put("feeMax", Amount.number(grown(fee(payments)), coin.decimals()));
        return answer;
    }

    /// By half, while the owner thinks.
    private static BigInteger grown(BigInteger fee) {
        return fee.multiply(BigInteger.valueOf(3)).shiftRight(1);
    }

    /// Sends what was signed unless it is a preview, or costs more than the owner has agreed to.
    private static JsonNode finish(
            ObjectNode answer, Purse purse, List<SignedTx> payments, Arguments arguments)
            throws LedgerException {
        try {
            if (arguments.number("preview", 0, 0, 1) == 1) {
                return answer.put("sent", false);
            }
            var feeMax = arguments.optionalText("feeMax");
            if (feeMax.isPresent()) {
                var coin = purse.feeAsset();
                Limits.require(
                        fee(payments).compareTo(Amount.units(feeMax.get(), coin.decimals())) <= 0,
                        "the fee is %s now: ask again".formatted(new Amount(coin, fee(payments))));
            }
        } catch (CommandException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        var ids = answer.putArray("ids");
        for (var tx : payments) {
            purse.send(tx);
            ids.add(id(purse, tx));
        }
        return answer.put("sent", true);
    }

    /// As the chain's people write it.
    private static String id(Purse purse, SignedTx tx) {
        return purse instanceof EvmPurse ? HEX + tx.id().toHex() : tx.id().toHex();
    }
}
