package com.paysera.retailer

import java.math.BigDecimal
import java.util.Currency

/**
 * The amount in minor units, exactly: `BigDecimal("25.99").toMoney(currency)`.
 *
 * @throws ApiException `rejected_input` for more than two decimals, for an amount that
 *   is too large, and for a currency without two decimals.
 */
@Throws(ApiException::class)
fun BigDecimal.toMoney(currency: Currency): Money {
    // A number with a large exponent is short as it is, and fills the memory written out.
    val isShort = precision().toLong() - scale() <= MOST_DIGITS && scale() <= MOST_DIGITS
    return moneyFromDecimal(if (isShort) toPlainString() else toString(), currency.currencyCode)
}

/** Of an amount written out, before and after the point; more than any amount has. */
private const val MOST_DIGITS = 100

/**
 * The amount in major units, with two decimals.
 *
 * @throws ApiException `rejected_input` for a currency that is not one.
 */
@Throws(ApiException::class)
fun Money.toBigDecimal(): BigDecimal = BigDecimal(moneyToDecimal(this))

/** The currency as Java knows it. */
fun Money.toCurrency(): Currency = Currency.getInstance(currency)
