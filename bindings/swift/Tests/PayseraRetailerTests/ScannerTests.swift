import Foundation
import PayseraRetailer
import XCTest

final class ScannerTests: XCTestCase {
    /// A camera's plane: a drawn code, in rows of a stride of their own.
    private func plane(stride: Int) throws -> (Data, FrameShape) {
        let svg = try renderCode(code: parseCode(text: "EVP000000014471"), picture: .qrSvg)
        let (side, isDark) = try Modules.of(svg)
        let scale = 5
        var luma = Data(repeating: 0, count: stride * side * scale)
        for y in 0..<(side * scale) {
            for x in 0..<(side * scale) where !isDark(x / scale, y / scale) {
                luma[y * stride + x] = 255
            }
        }
        let pixels = UInt32(side * scale)
        return (luma, FrameShape(width: pixels, height: pixels, rowStride: UInt32(stride), rotationDegrees: 0))
    }

    func testAPlaneIsReadWhereItLies() throws {
        let (luma, shape) = try plane(stride: 512)
        let report = try luma.withUnsafeBytes { try FrameScanner.forCamera().scan($0, shape: shape) }
        guard case let .expected(code)? = report.detections.first?.meaning else { return XCTFail("\(report)") }
        XCTAssertEqual(code.walletId(), 14471)
    }

    func testAShapeThatTheBytesDoNotHaveIsRefused() throws {
        let (luma, shape) = try plane(stride: 320)
        let scanner = FrameScanner.forPictures()
        XCTAssertThrowsError(try scanner.scan(UnsafeRawBufferPointer(start: nil, count: 0), shape: shape))
        XCTAssertThrowsError(
            try luma.dropLast(1000).withUnsafeBytes { try scanner.scan($0, shape: shape) })
    }

    func testAReservationCodeShowsItselfOnlyWhenItIsDrawn() throws {
        let code = try parseCode(text: "01234567890123456789012345")
        XCTAssertNil(code.text())
        XCTAssertFalse("\(code) \(Meaning.expected(code: code))".contains("0123"))
        let svg = try renderCode(code: code, picture: .barcodeSvg)
        let text = String(decoding: svg, as: UTF8.self)
        XCTAssertTrue(text.hasPrefix("<svg") && !text.contains("0123"), text)
        XCTAssertEqual(try Set([code, parseCode(text: "01234567890123456789012345")]).count, 1)
    }
}

/// The modules of a symbol that was drawn as SVG: a path of runs, `M4 4h7v1h-7z`.
private enum Modules {
    static func of(_ svg: Data) throws -> (side: Int, isDark: (Int, Int) -> Bool) {
        let text = String(decoding: svg, as: UTF8.self)
        guard let box = text.firstMatch(of: /viewBox="0 0 ([0-9]+)/), let side = Int(box.1) else {
            throw Failure("no symbol: \(text.prefix(100))")
        }
        var dark = Set<Int>()
        for run in text.matches(of: /M([0-9]+) ([0-9]+)h([0-9]+)v1/) {
            guard let x = Int(run.1), let y = Int(run.2), let width = Int(run.3) else { continue }
            dark.formUnion((x..<(x + width)).map { y * side + $0 })
        }
        return (side, { x, y in dark.contains(y * side + x) })
    }
}
