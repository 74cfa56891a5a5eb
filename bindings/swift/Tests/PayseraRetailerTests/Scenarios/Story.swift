import Foundation

/// A scenario as its file has it.
struct Story {
    let customer: String
    let location: String
    let steps: [Step]

    init(file: URL) throws {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        let unknown = Set(json.keys).subtracting(["name", "about", "customer", "location", "steps"])
        guard unknown.isEmpty else { throw Failure("keys that this runner does not know: \(unknown)") }
        guard json["name"] is String, json["about"] is String else {
            throw Failure("it does not say what it shows")
        }
        guard let steps = json["steps"] as? [[String: [String: Any]]], !steps.isEmpty else {
            throw Failure("there are no steps")
        }
        customer = json["customer"] as? String ?? "customer"
        location = json["location"] as? String ?? "all_services"
        self.steps = try steps.map(Step.init)
    }
}

/// One step; a key that nobody has read is one that this runner does not know.
final class Step: CustomStringConvertible {
    let name: String
    private let keys: [String: Any]
    private var read: Set<String> = []

    init(_ json: [String: [String: Any]]) throws {
        guard let (name, keys) = json.first, json.count == 1 else { throw Failure("a step has one key") }
        (self.name, self.keys) = (name, keys)
    }

    var description: String { "\(name) \(keys)" }

    func text(_ key: String) throws -> String { try seen(key, String.self) }

    func number(_ key: String) throws -> Int { try seen(key, Int.self) }

    func optional(_ key: String) throws -> String? {
        keys[key] == nil ? nil : try text(key)
    }

    func flag(_ key: String) throws -> Bool {
        try keys[key] == nil ? false : seen(key, Bool.self)
    }

    func json(_ key: String) throws -> [String: Any]? {
        try keys[key] == nil ? nil : seen(key, [String: Any].self)
    }

    func allRead() throws {
        let unknown = Set(keys.keys).subtracting(read)
        guard unknown.isEmpty else { throw Failure("keys that this runner does not know: \(unknown)") }
    }

    private func seen<T>(_ key: String, _ type: T.Type) throws -> T {
        read.insert(key)
        guard let value = keys[key] as? T else { throw Failure("\(key) is missing or odd") }
        return value
    }
}
