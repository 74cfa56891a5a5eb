package com.paysera.retailer

import java.nio.file.Files
import java.util.Currency
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.json.JSONObject
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.assertThrows

/** What the scenarios do not show: coroutines, callbacks, errors, memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientTest {
    private val sandbox = Sandbox.start()
    private val cast = Cast.read()

    @BeforeEach
    fun begin() = sandbox.reset()

    @AfterEach
    fun end() = shutdown()

    @AfterAll
    fun stop() = sandbox.close()

    private fun collecting(id: String) = CollectRequest(id, gel("12.50"), "Two coffees")

    private suspend fun presented(payment: Attempt): Code =
        (payment.states.first { it is AttemptState.Presenting } as AttemptState.Presenting).code

    private suspend fun pay(payment: Attempt) {
        cast.phone(sandbox, null).use { phone -> phone.pay(phone.review(presented(payment))).ended() }
    }

    @Test
    fun `a collector that is cancelled stops watching and not the payment`() = runBlocking {
        val till = cast.till(sandbox, null)
        val payment = till.collect(collecting("r"))
        val presenting = CompletableDeferred<Unit>()
        val watching = launch(Dispatchers.Default) {
            payment.states.collect { if (it is AttemptState.Presenting) presenting.complete(Unit) }
        }
        presenting.await()
        watching.cancelAndJoin()
        // The library has let go of the listener: nobody is told any more.
        withTimeout(30_000) { while (FfiConverterTypeAttemptListener.handleMap.size > 0) yield() }
        pay(payment)
        assertTrue(payment.ended() is AttemptState.Settled)
        assertEquals("settled", till.latestAttempts(1u).single().state)
    }

    @Test
    fun `a start that is cancelled goes on`() = runBlocking {
        val till = cast.till(sandbox, null)
        till.location()
        // The answer to the create comes when it is let go.
        val fault = JSONObject(mapOf("path" to "/transaction", "fault" to "delay", "method" to "POST", "milliseconds" to 600_000))
        sandbox.call("POST", "/sandbox/faults", fault)
        val starting = launch(Dispatchers.Default) { till.collect(collecting("r")) }
        while (till.latestAttempts(1u).isEmpty()) yield()
        starting.cancelAndJoin()
        sandbox.call("POST", "/sandbox/faults/release", JSONObject(mapOf("held" to 1)))
        val again = till.collect(collecting("r"))
        pay(again)
        assertTrue(again.ended() is AttemptState.Settled)
        assertEquals(1, till.latestAttempts(10u).size)
    }

    @Test
    fun `the states come in order and the flow completes`() = runBlocking {
        val payment = cast.till(sandbox, null).collect(collecting("r"))
        val states = async(Dispatchers.Default) { payment.states.toList() }
        pay(payment)
        val names = states.await().map { it::class.simpleName }
        val order = listOf("Preparing", "Presenting", "Reserved", "Settling", "Settled")
        assertEquals(names.distinct(), names)
        assertEquals(names, order.filter { it in names }, "in order, and no other")
        assertTrue(names.size >= 3 && names.last() == "Settled", "$names")
        // Who comes late is told the last one.
        assertEquals(listOf("Settled"), payment.states.toList().map { it::class.simpleName })
    }

    @Test
    fun `a listener that throws stops nothing`() = runBlocking {
        val payment = cast.till(sandbox, null).collect(collecting("r"))
        val told = CountDownLatch(3)
        val subscription = payment.subscribe(object : AttemptListener {
            override fun onState(state: AttemptState) {
                told.countDown()
                throw IllegalStateException("k3y")
            }

            override fun onEnd() = throw IllegalStateException("k3y")
        })
        pay(payment)
        assertTrue(payment.ended() is AttemptState.Settled)
        assertTrue(told.await(30, TimeUnit.SECONDS), "it is told the later states all the same")
        subscription.close()
    }

    @Test
    fun `a panic is an error and the process lives`() = runBlocking {
        var told = 0
        val listener = object : AttemptListener {
            override fun onState(state: AttemptState) {
                told++
            }

            override fun onEnd() = Unit
        }
        val here = assertThrows<ApiException.Panicked> { panicAfterCalling(listener) }
        assertEquals("panicked", here.code)
        assertThrows<ApiException.Panicked> { runBlocking { panicInATask(listener) } }
        assertEquals(2, told)
        assertTrue(cast.till(sandbox, null).location().services.contains(Service.PAY))
    }

    @Test
    fun `what a secret store throws comes back as an error without its words`() = runBlocking {
        val broken = object : SecretStore by memorySecretStore() {
            override fun get(name: String): ByteArray? = throw IllegalStateException("k3y-$name")
        }
        val error = assertThrows<ApiException.Failed> { runBlocking { cast.till(sandbox, null, broken) } }
        assertEquals("storage_failed", error.code)
        assertFalse(error.message.contains("k3y"), error.message)
        val locked = object : SecretStore by memorySecretStore() {
            override fun get(name: String): ByteArray? = throw SecretStoreException.Failed("the device is locked")
        }
        val told = assertThrows<ApiException.Failed> { runBlocking { cast.till(sandbox, null, locked) } }
        assertTrue(told.message.contains("the device is locked"), told.message)
    }

    @Test
    fun `an error of the machine's is not taken for a secret that was kept`() = runBlocking {
        for (thrown in listOf(NoClassDefFoundError("k3y"), AssertionError("k3y"))) {
            val broken = object : SecretStore by memorySecretStore() {
                override fun set(name: String, secret: ByteArray): Unit = throw thrown
            }
            val error = assertThrows<ApiException.Failed> { runBlocking { cast.till(sandbox, null, broken) } }
            assertEquals("storage_failed", error.code)
            assertFalse(error.message.contains("k3y"), error.message)
        }
    }

    @Test
    fun `a text may be cut in the middle of a pair, and a request has a name`() = runBlocking {
        val till = cast.till(sandbox, null)
        presented(till.collect(collecting("r").copy(description = "Two \uD83D")))
        val error = assertThrows<ApiException.Failed> { runBlocking { till.collect(collecting(" ")) } }
        assertEquals("rejected_input", error.code)
    }

    @Test
    fun `an error has a message that can be read`() {
        val error = assertThrows<ApiException.Failed> { runBlocking { cast.till(sandbox, null).collect(collecting("r").copy(amount = gel("0.00"))) } }
        assertEquals("rejected_input; amount: the amount must be more than zero, not 0.00 GEL", error.message)
        assertEquals(Retry.Never, error.retry)
        assertEquals(listOf("amount"), (error.kind as ErrorKind.RejectedInput).fields.map { it.field })
        for (endless in listOf("1E+999999999", "1E-999999999", "-1E+400")) {
            assertThrows<ApiException> { endless.toBigDecimal().toMoney(Currency.getInstance("GEL")) }
        }
        assertEquals(gel("100.00"), "1E+2".toBigDecimal().toMoney(Currency.getInstance("GEL")))
        assertThrows<ApiException> { "12.345".toBigDecimal().toMoney(Currency.getInstance("GEL")) }
        assertEquals("12.50".toBigDecimal(), "12.5".toBigDecimal().toMoney(Currency.getInstance("GEL")).toBigDecimal())
        assertEquals("GEL", gel("1.00").toCurrency().currencyCode)
    }

    @Test
    fun `five hundred calls at once`() = runBlocking {
        val till = cast.till(sandbox, null)
        val payments = (1..500).map { async(Dispatchers.Default) { till.collect(collecting("r$it")) } }.awaitAll()
        assertEquals(500, payments.map { it.id() }.toSet().size)
        assertEquals(500, till.openAttempts().size)
    }

    @Test
    fun `after a shutdown old objects say so and new ones work`() = runBlocking {
        val folder = Files.createTempDirectory("journal")
        val (store, till) = memorySecretStore().let { it to cast.till(sandbox, folder, it) }
        val payment = till.collect(collecting("r"))
        presented(payment)
        val watching = launch(Dispatchers.Default) { payment.states.collect { } }
        shutdown()
        watching.join()
        assertThrows<ApiException.ShutDown> { runBlocking { till.location() } }
        assertThrows<ApiException.ShutDown> { runBlocking { payment.ended() } }
        assertThrows<ApiException.ShutDown> { payment.settle(gel("1.00")) }
        assertThrows<ApiException.ShutDown> { till.poke() }
        assertEquals(listOf("Presenting"), payment.states.toList().map { it::class.simpleName })
        val again = cast.till(sandbox, folder, store)
        val resumed = again.openAttempts().single()
        assertEquals(payment.id(), resumed.id())
        resumed.cancel()
        assertTrue(resumed.ended() is AttemptState.Cancelled)
        folder.toFile().deleteRecursively()
        Unit
    }

    @Test
    fun `in the background the journal is closed and afterwards all goes on`() = runBlocking {
        val folder = Files.createTempDirectory("journal")
        val till = cast.till(sandbox, folder)
        val payment = till.collect(collecting("r"))
        presented(payment)
        suspend()
        val refused = assertThrows<ApiException.Failed> { runBlocking { till.latestAttempts(1u) } }
        assertEquals("storage_failed", refused.code)
        resume()
        pay(payment)
        assertTrue(payment.ended() is AttemptState.Settled)
        folder.toFile().deleteRecursively()
        Unit
    }

    @Test
    fun `the log is passed on and holds no secret`() = runBlocking {
        val lines = LinkedBlockingQueue<LogLine>()
        setLogSink(object : LogSink {
            override fun log(line: LogLine) {
                lines.put(line)
                throw IllegalStateException("the log is full")
            }
        }, LogLevel.TRACE)
        val phone = cast.phone(sandbox, null)
        phone.cashOutCode()
        phone.balance("GEL")
        // A thread of its own passes them on; the request's line is among the last.
        val told = mutableListOf<LogLine>()
        do {
            told += checkNotNull(lines.poll(30, TimeUnit.SECONDS)) { "no line of a request came: $told" }
        } while (!told.last().text.contains("balance"))
        removeLogSink()
        assertTrue(told.all { it.target.startsWith("paysera_") })
        val text = told.joinToString("\n") { it.text }
        for (secret in listOf("k3yCustomer", "tok_customer", "0112345678")) assertFalse(text.contains(secret), secret)
    }
}
