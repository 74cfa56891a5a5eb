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
fun BigDecimal.toMoney(currency: Currency): Money = moneyFromDecimal(toPlainString(), currency.currencyCode)

/**
 * The amount in major units, with two decimals.
 *
 * @throws ApiException `rejected_input` for a currency that is not one.
 */
@Throws(ApiException::class)
fun Money.toBigDecimal(): BigDecimal = BigDecimal(moneyToDecimal(this))

/** The currency as Java knows it. */
fun Money.toCurrency(): Currency = Currency.getInstance(currency)
