import Foundation

#if canImport(CoreVideo)
    import CoreVideo
#endif

extension FrameScanner {
    /// Searches a frame's luma plane, which is only borrowed for the time of the call.
    ///
    /// - Parameters:
    ///   - luma: The bytes of the plane, for example of a pixel buffer whose base address
    ///     is locked.
    ///   - shape: How they lie.
    ///   - budgetMillis: The time that the frame may take; about 30 for a camera.
    /// - Throws: ``ApiError``, `rejected_input`, for a shape that the bytes do not have.
    public func scan(
        _ luma: UnsafeRawBufferPointer, shape: FrameShape, budgetMillis: UInt32? = nil
    ) throws -> ScanReport {
        guard let start = luma.baseAddress else {
            return try scanPlane(luma: Data(), shape: shape, budgetMillis: budgetMillis)
        }
        // The library does not write to it and does not keep it.
        let plane = Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: luma.count, deallocator: .none)
        return try scanPlane(luma: plane, shape: shape, budgetMillis: budgetMillis)
    }

    #if canImport(CoreVideo)
        /// The formats whose first plane has a byte of luma for each pixel. Those of
        /// cameras that see a wide range have two.
        private static let withBytesOfLuma: Set<OSType> = [
            kCVPixelFormatType_420YpCbCr8BiPlanarFullRange,
            kCVPixelFormatType_420YpCbCr8BiPlanarVideoRange,
            kCVPixelFormatType_420YpCbCr8PlanarFullRange,
            kCVPixelFormatType_420YpCbCr8Planar,
        ]

        /// Searches a camera's pixel buffer in a format with a plane of eight bits of luma,
        /// for example `kCVPixelFormatType_420YpCbCr8BiPlanarFullRange`.
        ///
        /// - Throws: ``ApiError``, `rejected_input`, for a buffer in another format.
        public func scan(
            _ buffer: CVPixelBuffer, rotationDegrees: UInt32, region: FrameRegion? = nil,
            budgetMillis: UInt32 = 30
        ) throws -> ScanReport {
            guard Self.withBytesOfLuma.contains(CVPixelBufferGetPixelFormatType(buffer)) else {
                // No plane at all is refused by the library, in its words.
                return try scanPlane(
                    luma: Data(),
                    shape: FrameShape(
                        width: UInt32(CVPixelBufferGetWidth(buffer)),
                        height: UInt32(CVPixelBufferGetHeight(buffer)),
                        rowStride: UInt32(CVPixelBufferGetBytesPerRow(buffer)),
                        rotationDegrees: rotationDegrees, region: region),
                    budgetMillis: budgetMillis)
            }
            CVPixelBufferLockBaseAddress(buffer, .readOnly)
            defer { CVPixelBufferUnlockBaseAddress(buffer, .readOnly) }
            let height = CVPixelBufferGetHeightOfPlane(buffer, 0)
            let stride = CVPixelBufferGetBytesPerRowOfPlane(buffer, 0)
            let plane = UnsafeRawBufferPointer(
                start: CVPixelBufferGetBaseAddressOfPlane(buffer, 0), count: stride * height)
            let shape = FrameShape(
                width: UInt32(CVPixelBufferGetWidthOfPlane(buffer, 0)), height: UInt32(height),
                rowStride: UInt32(stride), rotationDegrees: rotationDegrees, region: region)
            return try scan(plane, shape: shape, budgetMillis: budgetMillis)
        }
    #endif
}
