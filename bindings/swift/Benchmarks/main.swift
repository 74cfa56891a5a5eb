import Foundation
import PayseraRetailer

// What calls cost from Swift; `cargo xtask bench ffi` starts it with the frame's file.

let frame = try Data(contentsOf: URL(fileURLWithPath: CommandLine.arguments[1]))
let environment = try PayseraRetailer.Environment.sandbox(baseUrl: "http://127.0.0.1:1/", trust: ServerTrust())
let till = try await MerchantClient.open(
    config: MerchantConfig(
        environment: environment, credentials: .ofClient(id: "a", macKey: "b"), store: memorySecretStore(),
        projectId: 1, locationId: 1, walletId: 1, settings: TillSettings()))
let shape = FrameShape(width: 1280, height: 720, rowStride: 1280, rotationDegrees: 0)
let scanner = FrameScanner.forPictures()

let call = try await measure { _ = environment.isProduction() }
let journal = try await measure { _ = try await till.latestAttempts(limit: 1) }
let scan = try await measure {
    let report = try frame.withUnsafeBytes { try scanner.scan($0, shape: shape) }
    precondition(report.detections.count == 1)
}
print("{\"call\":\(call),\"async\":\(journal),\"scan\":\(scan)}")

/// Nanoseconds of one call: the median of several batches, after one to warm up.
func measure(_ call: () async throws -> Void) async throws -> UInt64 {
    let (batches, nanos) = (9, UInt64(300_000_000))
    func batch() async throws -> UInt64 {
        let start = DispatchTime.now().uptimeNanoseconds
        var calls: UInt64 = 0
        while DispatchTime.now().uptimeNanoseconds - start < nanos {
            for _ in 0..<10 { try await call() }
            calls += 10
        }
        return (DispatchTime.now().uptimeNanoseconds - start) / calls
    }
    _ = try await batch()
    var times: [UInt64] = []
    for _ in 0..<batches { times.append(try await batch()) }
    return times.sorted()[batches / 2]
}
