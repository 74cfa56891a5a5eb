// swift-tools-version: 6.0
import Foundation
import PackageDescription

// On Apple's systems the library is an XCFramework, made by `cargo xtask ios`; elsewhere
// it is linked from the folder that `cargo xtask bindings` fills.
#if canImport(Darwin)
let library: Target = .binaryTarget(name: "PayseraRetailerFFI", path: "PayseraRetailerFFI.xcframework")
let linking: [LinkerSetting] = []
#else
let library: Target = .target(name: "PayseraRetailerFFI")
let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("lib").path
let linking: [LinkerSetting] = [.linkedLibrary("paysera_bindings"), .unsafeFlags(["-L", folder])]
#endif

let package = Package(
    name: "PayseraRetailer",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "PayseraRetailer", targets: ["PayseraRetailer"])],
    targets: [
        library,
        .target(
            name: "PayseraRetailer",
            dependencies: ["PayseraRetailerFFI"],
            linkerSettings: linking
        ),
        // What calls cost: `cargo xtask bench ffi`.
        .executableTarget(name: "FfiBench", dependencies: ["PayseraRetailer"], path: "Benchmarks"),
        .testTarget(name: "PayseraRetailerTests", dependencies: ["PayseraRetailer"]),
    ],
    swiftLanguageModes: [.v6]
)
