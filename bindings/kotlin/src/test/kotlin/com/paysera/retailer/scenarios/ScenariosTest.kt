package com.paysera.retailer.scenarios

import com.paysera.retailer.Cast
import com.paysera.retailer.Sandbox
import java.nio.file.Files
import kotlin.io.path.name
import kotlin.streams.toList
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.json.JSONArray
import org.json.JSONObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance

/** Plays the scenarios of `tests/scenarios`, each as a test of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScenariosTest {
    private val sandbox = Sandbox.start()
    private val cast = Cast.read()

    private val all = JSONArray(Files.readString(Cast.scenarios.resolve("all.json"))).map { it as String }
    private val played = mutableListOf<String>()

    @AfterAll
    fun stop() = sandbox.close()

    @TestFactory
    fun `every scenario ends as it says`(): List<DynamicTest> {
        val there = Files.list(Cast.scenarios).use { files -> files.map { it.name }.toList() }
            .filter { it.endsWith(".json") && it != "all.json" && it != "cast.json" }
        assertEquals(all, there.sorted(), "all.json names the files of the folder")
        return all.map { name -> dynamicTest(name) { play(name) } } +
            dynamicTest("every scenario is played") { assertEquals(all, played) }
    }

    private fun play(name: String) = runBlocking {
        val story = try {
            Story(JSONObject(Files.readString(Cast.scenarios.resolve(name))))
        } catch (error: Exception) {
            throw AssertionError("$name: ${error.message}", error)
        }
        val journals = Files.createTempDirectory("scenario")
        try {
            coroutineScope {
                val stage = Stage.set(this, sandbox, cast, story, journals)
                for ((number, step) in story.steps.withIndex()) {
                    try {
                        stage.play(step)
                    } catch (error: Throwable) {
                        throw AssertionError("$name, step $number, $step: ${error.message}", error)
                    }
                }
                stage.end()
            }
            played += name
        } finally {
            journals.toFile().deleteRecursively()
        }
    }
}
