package com.paysera.retailer.scenarios

import com.paysera.retailer.Attempt
import com.paysera.retailer.AttemptState
import com.paysera.retailer.Code
import com.paysera.retailer.Money
import com.paysera.retailer.code
import com.paysera.retailer.states
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout

/** An attempt that is listened to. */
class Ear(scope: CoroutineScope, val attempt: Attempt) {
    private val told = Channel<AttemptState>(Channel.UNLIMITED)
    private val listening = scope.launch { attempt.states.collect { told.send(it) } }
    private val names = mutableListOf<String>()

    /** The state that was waited for last: one that is told but once can be waited for again. */
    private var current: AttemptState? = null

    /** The code that was presented last. */
    var code: Code? = null
        private set

    /** Waits until the attempt is in the state of this name. */
    suspend fun waitFor(name: String): Shown {
        while (true) {
            current?.let {
                val shown = Shown.of(it)
                if (shown.state == name) return shown
                check(!it.isFinal()) { "$name does not come: $names" }
            }
            val state = try {
                withTimeout(PATIENCE) { told.receive() }
            } catch (error: kotlinx.coroutines.TimeoutCancellationException) {
                throw AssertionError("$name does not come: $names", error)
            }
            if (state is AttemptState.Presenting) code = state.code
            names += Shown.of(state).state
            current = state
        }
    }

    fun stop() = listening.cancel()

    companion object {
        /** Longer than any step should take, by far. */
        const val PATIENCE = 30_000L
    }
}

/** What a scenario says of a state. */
data class Shown(
    val state: String,
    val amount: Money? = null,
    val by: String? = null,
    val why: String? = null,
    val wanted: String? = null,
    val error: String? = null,
    val step: String? = null,
) {
    companion object {
        fun of(state: AttemptState): Shown = when (state) {
            is AttemptState.Preparing -> Shown("preparing")
            is AttemptState.Presenting -> Shown("presenting")
            is AttemptState.Waiting -> Shown("waiting", wanted = lower(state.wanted))
            is AttemptState.Reserved -> Shown("reserved")
            is AttemptState.CheckIdentity -> Shown("check_identity")
            is AttemptState.TakeCash -> Shown("take_cash", amount = state.amount)
            is AttemptState.Settling -> Shown("settling")
            is AttemptState.HandOutCash -> Shown("hand_out_cash", amount = state.amount)
            is AttemptState.ReturnCash -> Shown("return_cash", amount = state.amount)
            is AttemptState.CashQuestion -> Shown("cash_question", amount = state.amount, step = lower(state.step))
            is AttemptState.Refunding -> Shown("refunding")
            is AttemptState.Cancelling -> Shown("cancelling", why = lower(state.why))
            is AttemptState.Unknown -> Shown("unknown")
            is AttemptState.Settled -> Shown("settled", amount = state.receipt.amount)
            is AttemptState.Cancelled -> Shown("cancelled", by = lower(state.by))
            is AttemptState.Expired -> Shown("expired")
            is AttemptState.Declined -> Shown("declined", by = lower(state.by))
            is AttemptState.Refunded -> Shown("refunded", amount = state.receipt.amount)
            is AttemptState.RefundWindowClosed -> Shown("refund_window_closed")
            is AttemptState.Failed -> Shown("failed", error = state.error.code)
        }

        private fun lower(value: Enum<*>) = value.name.lowercase()
    }
}
