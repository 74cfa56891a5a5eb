package com.paysera.retailer

import java.math.BigDecimal
import java.nio.file.Files
import java.util.Currency
import java.util.UUID
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The quick start of the bindings' README, as it stands there. */
class QuickStartTest {
    private suspend fun quickStart(address: String, folder: String, show: (Code) -> Unit): BigDecimal? {
        var paid: BigDecimal? = null
        // quick start
        val till = MerchantClient.open(
            MerchantConfig(
                environment = PayseraEnvironment.sandbox(address, ServerTrust()),
                credentials = Credentials.ofClient("sbx_retailer", "k3yRetailerSandboxOnly000000000A"),
                store = memorySecretStore(), // in an app: a SecretStore over the Keystore
                journalFolder = folder, // in an app: in noBackupFilesDir
                projectId = 1234u,
                locationId = 9975u,
                walletId = 2112u,
                settings = TillSettings(timeZone = "Asia/Tbilisi"),
            ),
        )
        val amount = BigDecimal("12.50").toMoney(Currency.getInstance("GEL"))
        // A new identifier for each sale: the same one again is the same payment.
        val payment = till.collect(CollectRequest(UUID.randomUUID().toString(), amount, "Two coffees"))
        payment.states.collect { state ->
            when (state) {
                is AttemptState.Presenting -> show(state.code) // renderCode(state.code, Picture.QrPng(600u))
                is AttemptState.Settled -> paid = state.receipt.amount.toBigDecimal()
                is AttemptState.Failed -> println(state.error.message)
                else -> {}
            }
        }
        // end
        return paid
    }

    @Test
    fun `a payment is taken as the README says`() = runBlocking {
        val folder = Files.createTempDirectory("journal")
        Sandbox.start().use { sandbox ->
            val accepted = mutableSetOf<String>()
            val paid = quickStart(sandbox.base, folder.toString()) { code ->
                val key = checkNotNull(code.transactionKey())
                if (accepted.add(key)) {
                    sandbox.call("POST", "/sandbox/transactions/$key/accept", JSONObject(mapOf("wallet" to 14471)))
                }
            }
            assertEquals(BigDecimal("12.50"), paid)
        }
        shutdown()
        folder.toFile().deleteRecursively()
        Unit
    }
}
