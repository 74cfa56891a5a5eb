import Foundation

extension Money {
    /// The amount, exactly: `try Money(amount, currency: "GEL")`.
    ///
    /// - Throws: ``ApiError``, `rejected_input`, for more than two decimals, for an amount
    ///   that is too large, and for a currency without two decimals.
    public init(_ amount: Decimal, currency: String) throws {
        var amount = amount
        self = try moneyFromDecimal(
            text: NSDecimalString(&amount, Locale(identifier: "en_US_POSIX")), currencyCode: currency)
    }

    /// The amount in major units.
    ///
    /// - Throws: ``ApiError``, `rejected_input`, for a currency that is not one.
    public func decimal() throws -> Decimal {
        let text = try moneyToDecimal(money: self)
        return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) ?? .nan
    }
}
