package com.paysera.retailer

import java.nio.file.Files
import java.nio.file.Path
import org.json.JSONObject

/** Who is there, and what they open. */
class Cast(private val json: JSONObject) {
    val retailerWallet = json.getJSONObject("merchant").getLong("wallet").toULong()

    fun location(name: String) = json.getJSONObject("locations").getLong(name).toULong()

    fun customer(name: String) = Customer(json.getJSONObject("customers").getJSONObject(name))

    val app: Credentials
        get() = json.getJSONObject("app").let { Credentials.ofClient(it.getString("client_id"), it.getString("mac_key")) }

    suspend fun till(
        sandbox: Sandbox,
        journal: Path?,
        store: SecretStore = memorySecretStore(),
        location: String = "all_services",
    ): MerchantClient {
        val merchant = json.getJSONObject("merchant")
        return MerchantClient.open(
            MerchantConfig(
                environment = sandbox.environment,
                credentials = Credentials.ofClient(merchant.getString("client_id"), merchant.getString("mac_key")),
                store = store,
                journalFolder = journal?.toString(),
                projectId = merchant.getLong("project").toULong(),
                locationId = location(location),
                walletId = retailerWallet,
                device = "till-1",
                settings = TillSettings(timeZone = "Asia/Tbilisi", dayStartsAtHour = 4u, pace = PACE),
                requestLimits = RequestLimits.Unlimited,
            ),
        )
    }

    suspend fun phone(
        sandbox: Sandbox,
        journal: Path?,
        store: SecretStore = memorySecretStore(),
        customer: Customer = customer("customer"),
        credentials: Credentials = customer.credentials,
    ): CustomerClient = CustomerClient.open(
        CustomerConfig(
            environment = sandbox.environment,
            credentials = credentials,
            store = store,
            journalFolder = journal?.toString(),
            walletId = customer.wallet,
            device = "phone-1",
            reservationCodes = customer.generator,
            pace = PACE,
            requestLimits = RequestLimits.Unlimited,
        ),
    )

    companion object {
        /** Of the repository; the tests run in the package's folder. */
        val scenarios: Path = Path.of("../../tests/scenarios")

        fun read() = Cast(JSONObject(Files.readString(scenarios.resolve("cast.json"))))

        private val PACE = Pace(firstMillis = 50u, quickMillis = 50u, growthPercent = 0u, slowestMillis = 50u)
    }
}

class Customer(private val json: JSONObject) {
    val wallet = json.getLong("wallet").toULong()
    val username: String get() = json.getString("username")
    val password: String get() = json.getString("password")
    val credentials: Credentials get() = Credentials.ofUser(json.getString("token"), json.getString("mac_key"))
    val generator: ReservationGenerator
        get() {
            val seed = json.getString("generator_seed").chunked(2).map { it.toInt(16).toByte() }.toByteArray()
            return ReservationGenerator.sandboxV1(json.getLong("generator").toULong(), seed)
        }
}

fun gel(amount: String): Money = moneyFromDecimal(amount, "GEL")
