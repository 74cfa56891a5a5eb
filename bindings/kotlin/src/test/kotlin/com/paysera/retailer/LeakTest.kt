package com.paysera.retailer

import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LeakTest {
    private fun resident(): Long {
        System.gc()
        val line = Files.readAllLines(Path.of("/proc/self/status")).first { it.startsWith("VmRSS") }
        return line.filter(Char::isDigit).toLong()
    }

    /** Each begins, is watched, is taken back, ends and is dropped. */
    @Test
    fun `ten thousand attempts leave nothing behind`() {
        val folder = Files.createTempDirectory("journal")
        Sandbox.start().use { sandbox ->
            runBlocking {
                // On disk: a journal in memory grows with every attempt, as it should.
                val till = Cast.read().till(sandbox, folder)
                val listeners = FfiConverterTypeAttemptListener.handleMap.size
                var early = 0L
                for (number in 1..10_000) {
                    till.collect(CollectRequest("r$number", gel("1.00"), "Coffee")).use { attempt ->
                        attempt.subscribe(Silent).use { attempt.cancel() }
                        attempt.ended()
                    }
                    if (number == 2_000) early = resident()
                }
                val late = resident()
                println("resident at 2,000: $early kB, at 10,000: $late kB")
                assertTrue(late < early * 105 / 100, "$early kB grew to $late kB")
                // What the heap holds, the resident memory of a JVM does not show.
                assertEquals(listeners, FfiConverterTypeAttemptListener.handleMap.size, "listeners are left")
            }
        }
        shutdown()
        folder.toFile().deleteRecursively()
    }

    private object Silent : AttemptListener {
        override fun onState(state: AttemptState) = Unit

        override fun onEnd() = Unit
    }
}
