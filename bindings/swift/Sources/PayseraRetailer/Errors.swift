import Foundation

extension ApiError: LocalizedError {
    /// English, for developers; holds nothing secret. Texts for people go by ``code``.
    public var errorDescription: String? { description }

    /// What happened, in terms of what can be done about it; nothing for a defect of the
    /// library and after a shutdown.
    public var kind: ErrorKind? {
        if case let .Failed(kind, _, _, _, _) = self { kind } else { nil }
    }

    /// A stable name for texts in the app's languages, for example `not_identified`.
    public var code: String {
        switch self {
        case let .Failed(_, code, _, _, _): code
        case .Panicked: "panicked"
        case .ShutDown: "shut_down"
        }
    }

    /// Whether the same thing can be tried again.
    public var retry: Retry {
        if case let .Failed(_, _, retry, _, _) = self { retry } else { .never }
    }
}

extension SecretStoreError: LocalizedError {
    /// What the store said; never the secret.
    public var errorDescription: String? { description }
}
