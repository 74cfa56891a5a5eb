package com.paysera.retailer

import java.io.ByteArrayInputStream
import java.nio.ByteBuffer
import javax.imageio.ImageIO
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

class ScannerTest {
    private val wallet = parseCode("EVP000000014471")

    /** A camera's plane: rows of a stride of their own, at a place of its own in the buffer. */
    private fun plane(code: Code, stride: Int, offset: Int): Pair<ByteBuffer, FrameShape> {
        val image = ImageIO.read(ByteArrayInputStream(renderCode(code, Picture.QrPng(300u))))
        val buffer = ByteBuffer.allocateDirect(offset + stride * image.height)
        for (y in 0 until image.height) for (x in 0 until image.width) {
            buffer.put(offset + y * stride + x, (image.getRGB(x, y) and 0xff).toByte())
        }
        buffer.position(offset)
        return buffer to FrameShape(image.width.toUInt(), image.height.toUInt(), stride.toUInt(), 0u)
    }

    private fun wallet(report: ScanReport): ULong? =
        (report.detections.single().meaning as Meaning.Expected).code.walletId()

    @Test
    fun `a direct buffer is read from its position and left as it was`() {
        val (buffer, shape) = plane(wallet, 512, 77)
        assertEquals(14471uL, wallet(FrameScanner.forCamera().scan(buffer, shape, 1.seconds)))
        assertEquals(77, buffer.position())
    }

    @Test
    fun `an array and a buffer on the heap are read as well`() {
        val (buffer, shape) = plane(wallet, 320, 0)
        val bytes = ByteArray(buffer.remaining()).also { buffer.get(it) }
        assertEquals(14471uL, wallet(FrameScanner.forPictures().scan(bytes, shape)))
        val part = ByteBuffer.wrap(ByteArray(5) + bytes, 5, bytes.size)
        assertEquals(14471uL, wallet(FrameScanner.forPictures().scan(part, shape)))
    }

    @Test
    fun `a shape that the bytes do not have is refused`() {
        val (buffer, shape) = plane(wallet, 320, 0)
        buffer.limit(buffer.limit() - 100)
        val scanner = FrameScanner.forCamera()
        assertThrows<ApiException.Failed> { scanner.scan(buffer, shape, 30.milliseconds) }
        assertThrows<ApiException.Failed> { scanner.scan(ByteBuffer.allocateDirect(0), shape) }
    }

    @Test
    fun `another code than the step wants is told as what it is`() {
        val (buffer, shape) = plane(wallet, 320, 0)
        val scanner = FrameScanner.forPictures()
        scanner.expect(listOf(CodeKind.RESERVATION))
        val meaning = scanner.scan(buffer, shape).detections.single().meaning
        assertEquals(CodeKind.WALLET, (meaning as Meaning.OtherCode).kind)
    }

    @Test
    fun `a reservation code shows itself only when it is drawn`() {
        val code = parseCode("01234567890123456789012345")
        assertEquals(null, code.text())
        assertFalse("$code ${Meaning.Expected(code)}".contains("0123"))
        val svg = String(renderCode(code, Picture.BarcodeSvg))
        assertTrue(svg.startsWith("<svg") && !svg.contains("0123"), svg)
        val (same, other) = parseCode("01234567890123456789012345") to parseCode("EVP000000014471")
        assertEquals(setOf(code), setOf(code, same))
        assertFalse(code == other)
    }
}
