package com.paysera.retailer

import java.nio.ByteBuffer
import kotlin.time.Duration

/**
 * Searches a camera frame's luma plane: of an `ImageProxy` in YUV_420_888 the first
 * plane's buffer, its row stride and the rotation. A direct buffer, as cameras give it,
 * is not copied; its position and limit say where the plane is, and stay as they are.
 *
 * @param budget the time that the frame may take; about 30 ms for a camera, and as long
 *   as it takes if there is none.
 * @throws ApiException `rejected_input` for a shape that the bytes do not have.
 */
@Throws(ApiException::class)
fun FrameScanner.scan(luma: ByteBuffer, shape: FrameShape, budget: Duration? = null): ScanReport {
    val plane = if (luma.isDirect) luma.slice() else copied(luma.slice())
    val millis = budget?.inWholeMilliseconds?.coerceIn(0, UInt.MAX_VALUE.toLong())?.toUInt()
    // The library sees an address. The buffer is held until it is done with it: one that
    // nothing refers to any more is freed by a collection of garbage.
    return synchronized(plane) { scanPlane(plane, shape, millis) }
}

/** The same for a picture in an array, which is copied. */
@Throws(ApiException::class)
fun FrameScanner.scan(luma: ByteArray, shape: FrameShape, budget: Duration? = null): ScanReport =
    scan(ByteBuffer.wrap(luma), shape, budget)

private fun copied(plane: ByteBuffer): ByteBuffer {
    val direct = ByteBuffer.allocateDirect(plane.remaining())
    direct.put(plane)
    direct.flip()
    return direct
}
