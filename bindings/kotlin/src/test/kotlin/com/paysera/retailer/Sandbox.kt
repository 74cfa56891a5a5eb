package com.paysera.retailer

import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import org.json.JSONObject

/** A sandbox of this process: the program that `PAYSERA_SANDBOX` names. */
class Sandbox private constructor(private val process: Process, val base: String) : AutoCloseable {
    private val http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()

    val environment: PayseraEnvironment = PayseraEnvironment.sandbox(base, ServerTrust())

    /** A call of the control API. */
    fun call(method: String, path: String, body: JSONObject? = null): JSONObject {
        val publisher = body?.let { HttpRequest.BodyPublishers.ofString(it.toString()) }
            ?: HttpRequest.BodyPublishers.noBody()
        val request = HttpRequest.newBuilder(URI(base.trimEnd('/') + path))
            .method(method, publisher)
            .header("Content-Type", "application/json")
            .build()
        val answer = http.send(request, HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() in 200..299) { "$method $path: ${answer.statusCode()} ${answer.body()}" }
        return if (answer.body().isBlank()) JSONObject() else JSONObject(answer.body())
    }

    fun reset() {
        call("POST", "/sandbox/reset", JSONObject())
    }

    /** What a wallet can spend now, in minor units of lari. */
    fun atDisposal(wallet: ULong): Long {
        val wallets = call("GET", "/sandbox/state").getJSONArray("wallets").map { it as JSONObject }
        val balances = wallets.first { it.getLong("wallet").toULong() == wallet }.getJSONArray("balances")
        return balances.map { it as JSONObject }.firstOrNull { it.getString("currency") == "GEL" }
            ?.getLong("at_disposal") ?: 0
    }

    override fun close() {
        process.destroy()
        process.waitFor()
    }

    companion object {
        fun start(): Sandbox {
            val program = checkNotNull(System.getenv("PAYSERA_SANDBOX")) {
                "PAYSERA_SANDBOX names no program: run `cargo xtask kotlin`"
            }
            val process = ProcessBuilder(program, "serve", "--listen", "127.0.0.1:0", "--stop-with-stdin")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
            val lines = process.inputStream.bufferedReader()
            val line = checkNotNull(lines.readLine()) { "the sandbox did not start" }
            // What else it says must not fill the pipe.
            Thread { lines.forEachLine { } }.apply { isDaemon = true }.start()
            return Sandbox(process, line.substring(line.indexOf("http")))
        }
    }
}
