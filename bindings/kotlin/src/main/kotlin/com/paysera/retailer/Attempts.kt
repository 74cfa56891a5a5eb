package com.paysera.retailer

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.flow

/**
 * The states of an attempt: the current one first, then each later one, in order; it
 * completes after the final one. Collecting it is only watching: a collector that is
 * cancelled stops nothing, and the payment goes on.
 */
val Attempt.states: Flow<AttemptState>
    get() = callbackFlow {
        val listener = object : AttemptListener {
            override fun onState(state: AttemptState) {
                trySend(state)
            }

            override fun onEnd() {
                close()
            }
        }
        val subscription = subscribe(listener)
        awaitClose {
            subscription.cancel()
            subscription.close()
        }
        // A state is never dropped: a slow collector gets them all.
    }.buffer(Channel.UNLIMITED)

/**
 * What becomes of the code on the customer's screen, until the collector is cancelled.
 * An error of a look is thrown to the collector; collecting again goes on.
 */
val OwnCashWatch.events: Flow<OwnCash>
    get() = flow {
        while (true) emit(next() ?: break)
    }
