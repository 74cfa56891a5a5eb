package com.paysera.retailer.scenarios

import com.paysera.retailer.ApiException
import com.paysera.retailer.Attempt
import com.paysera.retailer.CashInRequest
import com.paysera.retailer.CashOutRequest
import com.paysera.retailer.Cast
import com.paysera.retailer.Code
import com.paysera.retailer.CollectRequest
import com.paysera.retailer.CustomerClient
import com.paysera.retailer.MerchantClient
import com.paysera.retailer.Money
import com.paysera.retailer.OwnCash
import com.paysera.retailer.OwnCashWatch
import com.paysera.retailer.OwnCode
import com.paysera.retailer.RefundRequest
import com.paysera.retailer.Review
import com.paysera.retailer.Sandbox
import com.paysera.retailer.ScopeRequest
import com.paysera.retailer.Session
import com.paysera.retailer.SignIn
import com.paysera.retailer.code
import com.paysera.retailer.events
import com.paysera.retailer.gel
import com.paysera.retailer.memorySecretStore
import com.paysera.retailer.parseCode
import com.paysera.retailer.shutdown
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.withTimeout
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue

/** A till and a phone, beside a sandbox. */
class Stage private constructor(
    private val scope: CoroutineScope,
    private val sandbox: Sandbox,
    private val cast: Cast,
    private val story: Story,
    private val folder: Path,
) {
    private val customer = cast.customer(story.customer)
    private val stores = memorySecretStore() to memorySecretStore()
    private val ears = mutableMapOf<String, Pair<String, Ear>>()
    private var session: Session? = null
    private var review: Review? = null
    private var watch: OwnCashWatch? = null
    private lateinit var till: MerchantClient
    private lateinit var phone: CustomerClient
    private val beginning = mapOf(
        "till" to sandbox.atDisposal(cast.retailerWallet),
        "phone" to sandbox.atDisposal(customer.wallet),
    )

    suspend fun play(step: Step) {
        when (step.name) {
            "collect" -> keep("till", step) {
                till.collect(
                    CollectRequest(
                        requestId = step.text("request"),
                        amount = gel(step.text("amount")),
                        description = "Two coffees",
                        bill = step.optional("bill"),
                        onceMore = step.flag("once_more"),
                        hold = step.flag("hold"),
                    ),
                )
            }
            "cash_out" -> keep("till", step) {
                val (request, amount) = step.text("request") to gel(step.text("amount"))
                till.cashOut(CashOutRequest(request, amount, "Cash withdrawal", code(step.text("code"))))
            }
            "cash_in" -> keep("till", step) {
                val (request, amount) = step.text("request") to gel(step.text("amount"))
                till.cashIn(CashInRequest(request, amount, "Cash deposit", code(step.text("code"))))
            }
            "refund" -> keep("till", step) {
                val amount = step.optional("amount")?.let(::gel)
                till.refund(RefundRequest(step.text("request"), ear(step.text("of")).attempt.id(), amount))
            }
            "review" -> look(step)
            "pay" -> keep("phone", step) { phone.pay(checkNotNull(review)) }
            "decline" -> phone.decline(checkNotNull(review))
            "await" -> await(step)
            "same" -> assertEquals(ear(step.text("attempt")).attempt.id(), ear(step.text("other")).attempt.id())
            "tap" -> tap(ear(step.text("attempt")).attempt, step.text("what"))
            "settle" -> ear(step.text("attempt")).attempt.settle(gel(step.text("amount")))
            "use_code" -> {
                val code = code(step.text("code"))
                ear(step.text("attempt")).attempt.useCode(code)
            }
            "watch" -> watch = phone.watchOwnCash(ownCode(step.text("code")))
            "seen" -> assertEquals(gel(step.text("amount")), seen(step.text("what")))
            "restart" -> restart()
            "sign_in" -> signIn()
            "sign_out" -> checkNotNull(session).signOut()
            "open" -> {
                val open = when (val who = step.text("who")) {
                    "till" -> till.openAttempts()
                    "phone" -> phone.openAttempts()
                    else -> error("who is $who")
                }
                assertEquals(step.number("count"), open.size)
            }
            "balance" -> {
                val who = step.text("who")
                val wallet = if (who == "till") cast.retailerWallet else customer.wallet
                val changed = sandbox.atDisposal(wallet) - beginning.getValue(who)
                assertEquals(gel(step.text("changed")).minor, changed, "of the $who")
            }
            "sandbox" -> sandbox.call(step.text("method"), step.text("path"), step.json("body"))
            else -> error("there is no step ${step.name}")
        }
        step.allRead()
    }

    fun end() {
        ears.values.forEach { it.second.stop() }
        assertTrue(sandbox.call("GET", "/sandbox/ledger").getBoolean("balanced"), "the ledger does not balance")
        shutdown()
    }

    /** The code that a text of the scenario names. */
    private suspend fun code(text: String): Code = when (text) {
        "reservation" -> phone.cashOutCode()
        "next_reservation" -> phone.nextCashOutCode()
        "wallet" -> phone.cashInCode()
        else -> parseCode(text)
    }

    private suspend fun look(step: Step) {
        val (of, text) = step.optional("of") to step.optional("code")
        val looked = refusable(step) {
            val code = if (of != null) checkNotNull(ear(of).code) else code(checkNotNull(text))
            phone.review(code)
        }
        val amount = step.optional("amount")
        if (looked != null) {
            if (amount != null) assertEquals(gel(amount), looked.details().amount)
            review = looked
        }
    }

    private suspend fun await(step: Step) {
        val shown = ear(step.text("attempt")).waitFor(step.text("state"))
        val isSo = { key: String, found: String? -> step.optional(key)?.let { assertEquals(it, found, key) } }
        step.optional("amount")?.let { assertEquals(gel(it), shown.amount) }
        isSo("by", shown.by)
        isSo("why", shown.why)
        isSo("wanted", shown.wanted)
        isSo("error", shown.error)
        isSo("step", shown.step)
    }

    private fun ownCode(text: String) = when (text) {
        "cash_out" -> OwnCode.CASH_OUT
        "cash_in" -> OwnCode.CASH_IN
        else -> error("no code is called $text")
    }

    /** How much what becomes of the code is about; collected anew each time. */
    private suspend fun seen(what: String): Money {
        val events = checkNotNull(watch).events.map { seen ->
            when (seen) {
                is OwnCash.Held -> "held" to seen.amount
                is OwnCash.Released -> "released" to seen.amount
                is OwnCash.Settled -> "settled" to seen.amount
                is OwnCash.Unclear -> "unclear" to seen.amount
            }
        }
        val (name, amount) = withTimeout(Ear.PATIENCE) { events.first { it.first == what || it.first != "held" } }
        assertEquals(what, name)
        return amount
    }

    private fun tap(attempt: Attempt, what: String) = when (what) {
        "cancel" -> attempt.cancel()
        "cash_received" -> attempt.cashReceived()
        "cash_handed_out" -> attempt.cashHandedOut()
        "cash_returned" -> attempt.cashReturned()
        "cash_not_moved" -> attempt.cashNotMoved()
        else -> error("there is no tap $what")
    }

    /** Nothing where it was refused as it should be. */
    private suspend fun <T : Any> refusable(step: Step, work: suspend () -> T): T? {
        val refused = step.optional("refused")
        val outcome = try {
            work()
        } catch (error: ApiException) {
            if (refused == null) throw error
            assertEquals(refused, error.code, error.message)
            return null
        }
        check(refused == null) { "it should be refused with $refused" }
        return outcome
    }

    private suspend fun keep(who: String, step: Step, start: suspend () -> Attempt) {
        val name = step.text("as")
        refusable(step, start)?.let { ears[name] = who to Ear(scope, it) }
    }

    private fun ear(name: String) = checkNotNull(ears[name]) { "no attempt is called $name" }.second

    private suspend fun restart() {
        val known = ears.mapValues { (_, ear) -> ear.first to ear.second.attempt.id() }
        ears.values.forEach { it.second.stop() }
        shutdown()
        till.close()
        phone.close()
        open()
        for ((name, attempt) in known) {
            val (who, id) = attempt
            val found = if (who == "till") till.attempt(id) else phone.attempt(id)
            ears[name] = who to Ear(scope, checkNotNull(found) { "$name is not known any more" })
        }
    }

    private suspend fun signIn() {
        val names = listOf(
            "balance", "statements", "outgoing_payments", "initiate_transfers", "wallet_list", "identification_level",
        )
        val signIn = SignIn(sandbox.environment, cast.app, stores.second)
        val scopes = names.map { ScopeRequest(it) }
        session = signIn.withPassword(customer.username, customer.password, scopes)
        // One journal is open once.
        phone = openPhone(folder.resolve("signed-in"))
    }

    private suspend fun open() {
        till = cast.till(sandbox, folder(folder.resolve("till")), stores.first, story.location)
        phone = openPhone(folder.resolve("phone"))
    }

    private suspend fun openPhone(journal: Path): CustomerClient {
        val credentials = session?.credentials() ?: customer.credentials
        return cast.phone(sandbox, folder(journal), stores.second, customer, credentials)
    }

    private fun folder(path: Path): Path = Files.createDirectories(path)

    companion object {
        suspend fun set(scope: CoroutineScope, sandbox: Sandbox, cast: Cast, story: Story, folder: Path): Stage {
            sandbox.reset()
            return Stage(scope, sandbox, cast, story, folder).apply { open() }
        }
    }
}

/** A scenario as its file has it. */
class Story(json: JSONObject) {
    val name: String = json.getString("name")
    val customer: String = if (json.has("customer")) json.getString("customer") else "customer"
    val location: String = if (json.has("location")) json.getString("location") else "all_services"
    val steps: List<Step> = json.getJSONArray("steps").map { Step(it as JSONObject) }

    init {
        val unknown = json.keySet() - setOf("name", "about", "customer", "location", "steps")
        check(unknown.isEmpty()) { "keys that this runner does not know: $unknown" }
        check(json.get("name") is String && json.get("about") is String) { "it does not say what it shows" }
        check(steps.isNotEmpty()) { "there are no steps" }
    }
}

/** One step; a key that nobody has read is one that this runner does not know. */
class Step(json: JSONObject) {
    val name: String = json.keySet().single()
    private val keys: JSONObject = json.getJSONObject(name)
    private val read = mutableSetOf<String>()

    fun text(key: String): String = seen(key).getString(key)

    fun number(key: String): Int = seen(key).getInt(key)

    fun optional(key: String): String? = if (seen(key).has(key)) text(key) else null

    fun flag(key: String): Boolean = seen(key).has(key) && keys.get(key) as Boolean

    fun json(key: String): JSONObject? = if (seen(key).has(key)) keys.getJSONObject(key) else null

    fun allRead() {
        val unknown = keys.keySet() - read
        check(unknown.isEmpty()) { "$name has keys that this runner does not know: $unknown" }
    }

    override fun toString() = "$name $keys"

    private fun seen(key: String): JSONObject {
        read += key
        return keys
    }
}
