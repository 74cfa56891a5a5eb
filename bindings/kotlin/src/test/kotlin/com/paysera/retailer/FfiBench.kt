package com.paysera.retailer

import java.nio.ByteBuffer
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.runBlocking

/** What calls cost from Kotlin; `cargo xtask bench ffi` starts it with the frame's file. */
fun main(arguments: Array<String>) {
    val bytes = Files.readAllBytes(Path.of(arguments[0]))
    val direct = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip()
    val environment = PayseraEnvironment.sandbox("http://127.0.0.1:1/", ServerTrust())
    val till = runBlocking {
        MerchantClient.open(
            MerchantConfig(
                environment = environment,
                credentials = Credentials.ofClient("a", "b"),
                store = memorySecretStore(),
                projectId = 1u,
                locationId = 1u,
                walletId = 1u,
                settings = TillSettings(),
            ),
        )
    }
    val shape = FrameShape(1280u, 720u, 1280u, 0u)
    val scanner = FrameScanner.forPictures()
    val call = measure { environment.isProduction() }
    val journal = measure { runBlocking { till.latestAttempts(1u) } }
    val scan = measure { check(scanner.scan(direct, shape).detections.size == 1) }
    val copied = measure { check(scanner.scan(bytes, shape).detections.size == 1) }
    println("""{"call":$call,"async":$journal,"scan":$scan,"scan_copied":$copied}""")
}

private const val BATCHES = 9
private const val BATCH_NANOS = 300_000_000L

/** Nanoseconds of one call: the median of several batches, after some to warm up. */
private fun measure(call: () -> Unit): Long {
    fun batch(): Long {
        val start = System.nanoTime()
        var calls = 0L
        while (System.nanoTime() - start < BATCH_NANOS) {
            repeat(10) { call() }
            calls += 10
        }
        return (System.nanoTime() - start) / calls
    }
    repeat(5) { batch() }
    return List(BATCHES) { batch() }.sorted()[BATCHES / 2]
}
