package com.paysera.retailer.scenarios

import com.paysera.retailer.Cast
import com.paysera.retailer.Sandbox
import java.nio.file.Files
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.streams.toList
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
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

    @AfterAll
    fun stop() = sandbox.close()

    @TestFactory
    fun `every scenario ends as it says`(): List<DynamicTest> {
        val files = Files.list(Cast.scenarios).use { it.toList() }
            .filter { it.extension == "json" && it.name != "cast.json" }
            .sorted()
        check(files.size >= 10) { "the scenarios are not there" }
        return files.map { file -> dynamicTest(file.name) { play(file) } }
    }

    private fun play(file: Path) = runBlocking {
        val story = Story(JSONObject(Files.readString(file)))
        val journals = Files.createTempDirectory("scenario")
        try {
            coroutineScope {
                val stage = Stage.set(this, sandbox, cast, story, journals)
                for ((number, step) in story.steps.withIndex()) {
                    try {
                        stage.play(step)
                    } catch (error: Throwable) {
                        throw AssertionError("step $number, $step: ${error.message}", error)
                    }
                }
                stage.end()
            }
        } finally {
            journals.toFile().deleteRecursively()
        }
    }
}
